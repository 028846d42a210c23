"""What is sent over HTTP may come back: requests, urllib and boto3, with servers that run in the script."""

from __future__ import annotations

from tests.effects.trials import trials
from tests.notation import case, table

_SERVER = """import json, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
kept = []
class Handler(BaseHTTPRequestHandler):
    def answer(self, text):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())
    def do_GET(self):
        self.answer(json.dumps(kept))
    def do_POST(self):
        kept.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.answer("{}")
    def log_message(self, *words):
        pass
def serve():
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"
"""
test_responses = trials(
    "import requests; answer = requests.Response(); answer.status_code = 200",
    "answer.raise_for_status()",
)

test_requests = table(
    case(
        "what was sent may be answered",
        "x",
        """
+ import requests, server
+ url = server.serve()
+ requests.post(url, data="a")
  n = 3
+ x = requests.get(url).json()
""",
        files={"server.py": _SERVER},
    ),
    case(
        "session",
        "x",
        """
+ import requests, server
+ url = server.serve()
+ session = requests.Session()
+ session.headers["a"] = "b"
+ session.post(url, data="a")
  n = 3
+ x = session.get(url).json()
""",
        files={"server.py": _SERVER},
    ),
    case(
        "two sessions",
        "x",
        """
+ import requests, server
+ url = server.serve()
+ one = requests.Session()
+ two = requests.Session()
+ one.post(url, data="a")
  n = 3
+ answer = two.get(url)
? print(answer.status_code)
+ x = answer.json()
""",
        files={"server.py": _SERVER},
    ),
)

test_what_only_asks = table(
    case(
        "asking twice",
        "x",
        """
+ import requests, server
+ url = server.serve()
  first = requests.get(url).json()
+ x = requests.get(url).json()
""",
        files={"server.py": _SERVER},
    ),
)

test_boto3 = table(
    case(
        "s3",
        "x",
        """
+ import boto3
+ from moto.server import ThreadedMotoServer
+ server = ThreadedMotoServer(port=0)
+ server.start()
+ url = "http://%s:%s" % server.get_host_and_port()
+ keys = dict(endpoint_url=url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="store")
+ one = boto3.client("s3", **keys)
+ one.create_bucket(Bucket="store")
+ one.put_object(Bucket="store", Key="k", Body=b"text")
  n = 3
+ two = boto3.client("s3", **keys)
+ x = two.get_object(Bucket="store", Key="k")["Body"].read()
""",
        compare_output=False,
    ),
    case(
        "s3 files",
        "x",
        """
+ import boto3
+ from moto.server import ThreadedMotoServer
+ server = ThreadedMotoServer(port=0)
+ server.start()
+ url = "http://%s:%s" % server.get_host_and_port()
+ keys = dict(endpoint_url=url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="store")
+ s3 = boto3.resource("s3", **keys)
+ bucket = s3.create_bucket(Bucket="store")
+ with open("a.txt", "w") as f:
+     f.write("hello")
+ bucket.upload_file("a.txt", "k")
  n = 3
+ boto3.client("s3", **keys).download_file("store", "k", "b.txt")
+ x = open("b.txt").read()
""",
        compare_output=False,
    ),
)
test_urllib = table(
    case(
        "urllib",
        "x",
        """
+ import json, server
+ from urllib.request import Request, urlopen
+ url = server.serve()
+ urlopen(Request(url, data=b"a", method="POST")).read()
  seen = urlopen(url).read()
+ x = json.loads(urlopen(url).read())
""",
        files={"server.py": _SERVER},
    ),
)
