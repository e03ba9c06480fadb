"""The first leads of a group, by a client that openapi-python-client made: `scrm box -- python beschannels.py`."""

import os

from beschannels_client import Client
from beschannels_client.api.group import group_user_list
from beschannels_client.api.token import token
from beschannels_client.models import GroupUserListAnswer, GroupUserListRequest, GroupUserListRequestGroupObj, TokenAnswer, TokenRequest

base_url = os.environ["BESCHANNELS_BASE_URL"]
credentials = TokenRequest(app_id=os.environ["BESCHANNELS_APP_ID"], app_secret=os.environ["BESCHANNELS_APP_SECRET"])
granted = token.sync(client=Client(base_url=base_url), body=credentials)
assert isinstance(granted, TokenAnswer), granted

# The vendor takes the token in the query.
client = Client(base_url=base_url, httpx_args={"params": {"access_token": granted.data.access_token}})
request = GroupUserListRequest(user_id="user-made-up-1", group_obj=GroupUserListRequestGroupObj.LEADS_SCHEMA_DATA)
answer = group_user_list.sync(client=client, body=request)
assert isinstance(answer, GroupUserListAnswer), answer
for lead in answer.data.list_[:3]:
    print(lead.to_dict().get("identity_id"))
