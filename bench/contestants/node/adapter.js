// What people write by hand for one provider: GET /contacts/{id}, asked of Rocket.Chat, mapped, and cached as finished bytes.
//
// It has what such an adapter has, and no more: no keys, quota, entity tags, budget, breaker, stale answers or coalescing.
// node adapter.js PORT UPSTREAM WORKERS

import cluster from "node:cluster";
import Fastify from "fastify";
import { LRUCache } from "lru-cache";
import { Pool } from "undici";

const [port, upstream, workers] = process.argv.slice(2);
const FRESH_MS = 24 * 3600 * 1000;

function contact(from) {
  const text = (value) => (typeof value === "string" && value.trim() !== "" ? value : null);
  return {
    id: `rocketchat:${from._id}`,
    provider: "rocketchat",
    native_id: from._id,
    type: "person",
    name: text(from.name),
    username: null,
    emails: (from.emails ?? []).map(({ address }) => ({ address, verified: null })),
    phones: (from.phones ?? []).map(({ phoneNumber }) => ({ number: phoneNumber, e164: null })),
    channels: (from.channels ?? []).map((channel) => ({
      type: channel.name,
      id: channel.visitor?.visitorId ?? null,
      address: channel.value ?? null,
      blocked: channel.blocked ?? null,
      verified: channel.verified ?? null,
      last_active_at: channel.lastChat?.ts ?? null,
    })),
    chat_ids: from.lastChat ? [from.lastChat._id] : [],
    labels: [],
    custom_fields: from.customFields ?? {},
    owner: from.contactManager ? { id: from.contactManager } : null,
    avatar_url: null,
    created_at: from.createdAt ?? null,
    updated_at: from._updatedAt ?? null,
    last_active_at: from.lastChat?.ts ?? null,
    provider_data: { unknown: from.unknown ?? null },
  };
}

function serve() {
  const pages = new LRUCache({ max: 100_000, ttl: FRESH_MS });
  const pool = new Pool(`http://127.0.0.1:${upstream}`, { connections: 256 });
  const headers = { "x-user-id": process.env.USER_ID, "x-auth-token": process.env.AUTH_TOKEN };
  const app = Fastify({ logger: false, keepAliveTimeout: 600_000 });
  app.get("/contacts/:id", async (request, reply) => {
    const { id } = request.params;
    let page = pages.get(id);
    if (page === undefined) {
      const local = encodeURIComponent(id.slice(id.indexOf(":") + 1));
      const path = `/api/v1/omnichannel/contacts.get?contactId=${local}`;
      const { statusCode, body } = await pool.request({ method: "GET", path, headers });
      const answer = await body.json();
      if (statusCode !== 200 || !answer.contact) {
        return reply.code(statusCode === 200 ? 404 : 502).send({ error: "no such contact" });
      }
      page = Buffer.from(JSON.stringify(contact(answer.contact)));
      pages.set(id, page);
    }
    return reply.header("content-type", "application/json").send(page);
  });
  app.listen({ port: Number(port), host: "127.0.0.1", backlog: 4096 });
}

if (cluster.isPrimary && Number(workers) > 1) {
  // Connections by turns would all pass through the first process.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  for (let worker = 0; worker < Number(workers); worker += 1) cluster.fork();
  const stop = () => process.exit(0);
  process.on("SIGTERM", stop);
} else {
  serve();
}
