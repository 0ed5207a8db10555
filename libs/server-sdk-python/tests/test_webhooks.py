import unittest

from polyroom_server_sdk import (
    ArgumentError,
    WebhookSignatureError,
    sign_webhook,
    sign_zego_callback,
    verify_webhook,
    verify_zego_callback,
)

SECRET = "w" * 32
NEW_SECRET = "n" * 32
NOW = 1_800_000_000
BODY = '{"room":"café"}'


class Webhooks(unittest.TestCase):
    def setUp(self):
        self.header = sign_webhook(body=BODY, secrets=[SECRET], now=NOW)
        self.request = dict(header=self.header, body=BODY, secret=SECRET, now=NOW)

    def assert_reason(self, reason, **altered):
        with self.assertRaises(WebhookSignatureError) as caught:
            verify_webhook(**{**self.request, **altered})
        self.assertEqual(caught.exception.reason, reason)

    def test_is_hmac_sha256_over_the_timestamp_and_the_body(self):
        # printf '1800000000.{}' | openssl dgst -sha256 -hmac wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww
        self.assertEqual(
            sign_webhook(body="{}", secrets=[SECRET], now=NOW),
            "t=1800000000,v1=b1fff1c2b4b7551e11c3fd9f41bc2036b94e58b9efa4dc63ce66384aff9c8a8b",
        )

    def test_accepts_text_bytes_and_both_secrets_of_a_rotation(self):
        verify_webhook(**self.request)
        verify_webhook(**{**self.request, "body": BODY.encode()})
        rotating = {**self.request, "header": sign_webhook(body=BODY, secrets=[SECRET, NEW_SECRET], now=NOW)}
        verify_webhook(**rotating)
        verify_webhook(**{**rotating, "secret": NEW_SECRET})

    def test_skips_schemes_of_later_versions(self):
        time, signature = self.header.split(",")
        verify_webhook(**{**self.request, "header": f"{time}, v2=abc, {signature}"})

    def test_refuses_what_does_not_match(self):
        self.assert_reason("mismatch", body="{}")
        self.assert_reason("mismatch", secret=NEW_SECRET)
        self.assert_reason("mismatch", header=self.header.replace("t=1800000000", "t=1800000001"))

    def test_refuses_malformed_headers(self):
        signature = self.header.split(",")[1]
        for header in [None, "", signature, "t=1", f"t=1,{self.header}", self.header[:-1], self.header.upper()]:
            with self.subTest(header=header):
                self.assert_reason("malformed", header=header)

    def test_refuses_a_request_more_than_five_minutes_away(self):
        for offset in (300, -300):
            verify_webhook(**{**self.request, "now": NOW + offset})
        for offset in (301, -301):
            self.assert_reason("stale", now=NOW + offset)

    def test_names_the_argument_that_is_wrong(self):
        for wrong, argument in [
            (dict(body={"room": "parsed"}), "body"),
            (dict(secret="short"), "secret"),
            (dict(tolerance_seconds=0), "tolerance_seconds"),
        ]:
            with self.subTest(wrong=wrong), self.assertRaises(ArgumentError) as caught:
                verify_webhook(**{**self.request, **wrong})
            self.assertEqual(caught.exception.argument, argument)
        for secrets, argument in [([], "secrets"), ([SECRET, ""], "secrets[1]")]:
            with self.subTest(secrets=secrets), self.assertRaises(ArgumentError) as caught:
                sign_webhook(body=BODY, secrets=secrets)
            self.assertEqual(caught.exception.argument, argument)


class ZegoCallbacks(unittest.TestCase):
    # The example of ZEGO's documentation.
    callback = dict(
        callback_secret="secret",
        timestamp=1470820198,
        nonce=123412,
        signature="5bd59fd62953a8059fb7eaba95720f66d19e4517",
        now=1470820198,
    )

    def test_accepts_the_example_of_zego(self):
        self.assertEqual(sign_zego_callback("secret", 1470820198, 123412), self.callback["signature"])
        verify_zego_callback(**self.callback)
        verify_zego_callback(**{**self.callback, "timestamp": "1470820198", "nonce": "123412"})

    def test_refuses_others(self):
        for altered, reason in [
            (dict(callback_secret="other"), "mismatch"),
            (dict(nonce=123413), "mismatch"),
            (dict(signature=None), "malformed"),
            (dict(now=NOW), "stale"),
        ]:
            with self.subTest(altered=altered), self.assertRaises(WebhookSignatureError) as caught:
                verify_zego_callback(**{**self.callback, **altered})
            self.assertEqual(caught.exception.reason, reason)


if __name__ == "__main__":
    unittest.main()
