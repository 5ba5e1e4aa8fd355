// Reads contacts with the types that are generated from the description. Prints the name of the one that there is.

import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[] };

const client = createClient<paths, "application/json" | "application/problem+json">({ baseUrl: process.argv[2]! });

const { data: contact, error } = await client.GET("/contacts/{id}", {
  params: { path: { id: "periskope:919537851844" }, query: { fields: "name,phones" } },
});
if (!contact) throw new Error(`${error.code}: ${error.detail}`);
const numbers: (string | null)[] = (contact.phones ?? []).map((phone) => phone.e164);
if (numbers[0] !== "+919537851844") throw new Error(`not this contact's number: ${numbers}`);

const missing = await client.GET("/contacts/{id}", { params: { path: { id: "periskope:10000000001" } } });
const code: components["schemas"]["ProblemCode"] | undefined = missing.error?.code;
if (code !== "contact-not-found") throw new Error(`not missing, but: ${code}`);

const batch = await client.POST("/contacts/batch/read", { body: { ids: ["periskope:919537851844"] } });
const [first] = batch.data?.results ?? [];
if (!first || !("contact" in first)) throw new Error("not in the batch");

console.log(contact.name);
