"""What the WHIP encoder and the WHEP player have in common: HTTP, and one JSON line for each thing to say."""
import json
import os
import urllib.error
import urllib.parse
import urllib.request


def say(**what):
    print(json.dumps(what), flush=True)


class Resource:
    """A WHIP or WHEP endpoint, and from its answer on the session's own URL."""

    def __init__(self, endpoint):
        self.url = endpoint
        self.opened = False

    def post(self, offer):
        """The status and the SDP of the answer: of an offer of the server's where the status is 406."""
        status, headers, body = self._send("POST", offer)
        if status not in (201, 406) or headers["Location"] is None:
            raise RuntimeError(f"POST: {status} {body}")
        self.url = urllib.parse.urljoin(self.url, headers["Location"])
        self.opened = True
        return status, body

    def patch(self, answer):
        status, _, body = self._send("PATCH", answer)
        if status != 204:
            raise RuntimeError(f"PATCH: {status} {body}")

    def delete(self):
        """The status, or None where there is nothing to end."""
        return self._send("DELETE")[0] if self.opened else None

    def _send(self, method, sdp=None):
        headers = {"Authorization": "Bearer " + os.environ["TOKEN"]}
        if sdp is not None:
            headers["Content-Type"] = "application/sdp"
        data = None if sdp is None else sdp.encode()
        request = urllib.request.Request(self.url, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, response.headers, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()
