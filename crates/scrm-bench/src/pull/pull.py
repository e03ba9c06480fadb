"""The same pull by hand: users by list 2.0 into lines of JSON, Parquet or PostgreSQL. What `scrm pull` does besides (state, retries, quota, types) is left out."""
import json, os, sys
import requests

base = os.environ["XIAOE_BASE_URL"]
session = requests.Session()


def call(path, body):
    answer = session.post(f"{base}/{path}", json=body, timeout=30)
    answer.raise_for_status()
    answer = answer.json()
    if answer["code"] != 0:
        raise RuntimeError(answer)
    return answer["data"]


def pages():
    token = session.get(f"{base}/token", timeout=30, params={
        "app_id": os.environ["XIAOE_APP_ID"], "client_id": os.environ["XIAOE_CLIENT_ID"],
        "secret_key": os.environ["XIAOE_SECRET_KEY"], "grant_type": "client_credential",
    }).json()["data"]["access_token"]
    cursor = None
    while True:
        body = {"access_token": token, "page_size": 50}
        if cursor:
            body["es_skip"] = cursor
        rows = call("xe.user.batch.get/2.0.0", body)["list"]
        if not rows:
            return
        cursor = rows[-1]["es_skip"]
        yield rows


COLUMNS = ["user_id", "user_nickname", "bind_phone", "collect_phone", "avatar", "from", "pay_sum", "punch_count", "wx_union_id",
           "wx_app_open_id", "wx_open_id", "user_created_at"]


def flat(row):
    return [None if row.get(name) is None else str(row[name]) for name in COLUMNS]


def lines(path):
    with open(path, "w", encoding="utf-8") as out:
        for rows in pages():
            for row in rows:
                out.write(json.dumps({name: row.get(name) for name in COLUMNS}, ensure_ascii=False) + "\n")


def parquet(path):
    import pyarrow, pyarrow.parquet
    schema = pyarrow.schema([(name, pyarrow.string()) for name in COLUMNS])
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        batch = []
        for rows in pages():
            batch += [flat(row) for row in rows]
            if len(batch) >= 20_000:
                writer.write_table(pyarrow.table(list(zip(*batch)), schema=schema))
                batch = []
        if batch:
            writer.write_table(pyarrow.table(list(zip(*batch)), schema=schema))


def postgres(url):
    import psycopg
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE by_hand (" + ", ".join(f'"{name}" text' for name in COLUMNS) + ", PRIMARY KEY (user_id))")
        with cursor.copy("COPY by_hand FROM STDIN") as copy:
            for rows in pages():
                for row in rows:
                    copy.write_row(flat(row))


target = sys.argv[1]
(postgres if target.startswith("postgres") else parquet if target.endswith(".parquet") else lines)(target)
