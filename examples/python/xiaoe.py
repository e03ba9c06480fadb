"""The first users of a shop, by a client that openapi-python-client made: `scrm box -- python xiaoe.py`."""

import os

from xiaoe_tech_client import Client
from xiaoe_tech_client.api.token import token
from xiaoe_tech_client.api.user import user_list
from xiaoe_tech_client.models import TokenAnswer, TokenGrantType, UserListAnswer, UserListRequest

client = Client(base_url=os.environ["XIAOE_BASE_URL"])
granted = token.sync(
    client=client,
    app_id=os.environ["XIAOE_APP_ID"],
    client_id=os.environ["XIAOE_CLIENT_ID"],
    secret_key=os.environ["XIAOE_SECRET_KEY"],
    grant_type=TokenGrantType.CLIENT_CREDENTIAL,
)
assert isinstance(granted, TokenAnswer), granted  # a failure comes with HTTP 200 as well

request = UserListRequest(access_token=granted.data.access_token, page=1, page_size=3)
answer = user_list.sync(client=client, body=request)
assert isinstance(answer, UserListAnswer), answer
for user in answer.data.list_:
    print(user.user_id, user.pay_sum)
