"""One customer by phone, by a client that openapi-python-client made: `scrm box -- python rabbitpre.py`."""

import os

from rabbitpre_client import AuthenticatedClient, Client
from rabbitpre_client.api.customer import customer_lookup
from rabbitpre_client.api.token import token
from rabbitpre_client.models import CustomerLookupAnswer, CustomerLookupRequest, TokenAnswer

base_url = os.environ["RABBITPRE_BASE_URL"]
granted = token.sync(
    client=Client(base_url=base_url),
    instance_appid=os.environ["RABBITPRE_INSTANCE_APPID"],
    instance_secrect=os.environ["RABBITPRE_INSTANCE_SECRET"],  # spelt so on every page of the vendor
)
assert isinstance(granted, TokenAnswer), granted

client = AuthenticatedClient(base_url=base_url, token=granted.data.org_access_token, prefix="", auth_header_name="X-Token")
answer = customer_lookup.sync(client=client, body=CustomerLookupRequest(phone="13800138000"))
assert isinstance(answer, CustomerLookupAnswer), answer
print(len(answer.data), "customers")
