"""Reads contacts with the client that is generated from the description. Prints the name of the one that there is."""

import sys

from contact_gateway_client import Client
from contact_gateway_client.api.contacts import read_contact, read_contacts
from contact_gateway_client.models import BatchContact, BatchRequest, BatchResults, Contact, Problem, ProblemCode

with Client(base_url=sys.argv[1]) as client:
    contact = read_contact.sync("periskope:919537851844", client=client)
    assert isinstance(contact, Contact), contact
    assert contact.phones[0].e164 == "+919537851844", contact.phones

    missing = read_contact.sync("periskope:10000000001", client=client)
    assert isinstance(missing, Problem) and missing.code is ProblemCode.CONTACT_NOT_FOUND, missing

    batch = read_contacts.sync(client=client, body=BatchRequest(ids=["periskope:919537851844"]))
    assert isinstance(batch, BatchResults) and isinstance(batch.results[0], BatchContact), batch

    print(contact.name)
