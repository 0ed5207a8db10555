import importlib.util
import unittest

from polyroom_server_sdk import (
    ArgumentError,
    RoomGrant,
    Token04Room,
    TokenError,
    create_token,
    create_token04,
    verify_token,
)

SECRET = "0123456789abcdef0123456789abcdef"
NOW = 1_800_000_000
OPTIONS = dict(app_id=7, user_id="ann", secret=SECRET, effective_time_seconds=60, now=NOW)
SUBJECT = dict(app_id=7, secret=SECRET, now=NOW)
HAS_AES = importlib.util.find_spec("cryptography") is not None
needs_aes = unittest.skipUnless(HAS_AES, "the package cryptography is not installed")


class Test(unittest.TestCase):
    def assert_refused(self, call, argument, code, problem=""):
        with self.assertRaises(ArgumentError) as caught:
            call()
        error = caught.exception
        self.assertEqual((error.argument, error.code), (argument, code))
        self.assertTrue(str(error).startswith(f"{argument}: "), str(error))
        self.assertIn(problem, str(error))

    def assert_code(self, code, token, **altered):
        with self.assertRaises(TokenError) as caught:
            verify_token(token, **{**SUBJECT, **altered})
        self.assertEqual(caught.exception.code, code)


class CreateToken(Test):
    def test_grants_any_room(self):
        verified = verify_token(create_token(**OPTIONS, rooms="any"), **SUBJECT)
        self.assertEqual((verified.user_id, verified.rooms, verified.streams), ("ann", "any", "any"))
        self.assertEqual((verified.max_rooms, verified.issued_at, verified.expires_at), (None, NOW, NOW + 60))

    def test_grants_rooms_streams_and_a_limit(self):
        rooms = [RoomGrant("stage", ("login", "publish")), RoomGrant("lobby", ("login",))]
        token = create_token(**OPTIONS, rooms=rooms, streams=["ann-camera"], max_rooms=2)
        verified = verify_token(token, **SUBJECT)
        self.assertEqual((verified.rooms, verified.streams, verified.max_rooms), (tuple(rooms), ("ann-camera",), 2))

    def test_names_the_argument_that_is_wrong(self):
        room = RoomGrant("r", ["login"])
        for wrong, argument, code, problem in [
            (dict(app_id=0), "app_id", 1001000, "from 1 to 4294967295"),
            (dict(app_id=2**32), "app_id", 1000017, "from 1 to 4294967295"),
            (dict(app_id="7"), "app_id", 1000017, "a whole number"),
            (dict(app_id=True), "app_id", 1000017, "a whole number"),
            (dict(user_id=""), "user_id", 1002005, "The user ID is empty."),
            (dict(user_id="a b"), "user_id", 1002006, "not allowed"),
            (dict(user_id="ann\n"), "user_id", 1002006, "not allowed"),
            (dict(user_id="$system"), "user_id", 1002006, "reserved"),
            (dict(user_id="a" * 64), "user_id", 1002007, "longer than 63 bytes"),
            (dict(secret="short"), "secret", 1000017, "32 bytes; this one has 5"),
            (dict(secret=None), "secret", 1000017, "this one is no string"),
            (dict(effective_time_seconds=0), "effective_time_seconds", 1000017, "from 1 to 2073600"),
            (dict(effective_time_seconds=1.5), "effective_time_seconds", 1000017, "from 1 to 2073600"),
            (dict(effective_time_seconds=2_073_601), "effective_time_seconds", 1000017, "POLYROOM_MAX_GRANT_SECONDS"),
            (dict(max_lifetime_seconds=59), "max_lifetime_seconds", 1000017, "from 60 to 31622400"),
            (dict(rooms=None), "rooms", 1000017, "'any' grants every room"),
            (dict(rooms=[]), "rooms", 1000017, "'any' grants every room"),
            (dict(rooms="all"), "rooms", 1000017, "'any' grants every room"),
            (dict(rooms=[{"room_id": "r"}]), "rooms[0]", 1000017, "must be a RoomGrant"),
            (dict(rooms=[room, RoomGrant("", ["login"])]), "rooms[1].room_id", 1002011, "The room ID is empty."),
            (dict(rooms=[RoomGrant("r", [])]), "rooms[0].rights", 1000017, "there are login, publish"),
            (dict(rooms=[RoomGrant("r", ["rule"])]), "rooms[0].rights[0]", 1000017, "must be one of login"),
            (dict(rooms=[RoomGrant("r", "login")]), "rooms[0].rights", 1000017, "must be a list"),
            (dict(streams=[]), "streams", 1000017, "leave it out to allow any stream ID"),
            (dict(streams=["a", "a b"]), "streams[1]", 1000016, "The stream ID may contain only"),
            (dict(max_rooms=0), "max_rooms", 1000017, "must be a whole number from 1"),
            (dict(now="now"), "now", 1000017, "must be a number of seconds"),
        ]:
            with self.subTest(wrong=wrong):
                options = {**OPTIONS, "rooms": "any", **wrong}
                self.assert_refused(lambda: create_token(**options), argument, code, problem)

    def test_refuses_a_token_that_is_longer_than_the_servers_accept(self):
        rooms = [RoomGrant(f"room{index}", ["login"]) for index in range(200)]
        self.assert_refused(lambda: create_token(**OPTIONS, rooms=rooms), "rooms", 1000017, "8192 characters")


class VerifyToken(Test):
    def test_refuses_what_the_servers_refuse(self):
        token = create_token(**OPTIONS, rooms="any")
        self.assert_code(1002076, token, app_id=8)
        self.assert_code(1002033, token, secret=SECRET.upper())
        self.assert_code(1002078, token, now=NOW + 60)
        self.assert_code(1002078, create_token(**{**OPTIONS, "effective_time_seconds": 71}, rooms="any"), max_lifetime_seconds=60)
        self.assert_code(1002078, create_token(**{**OPTIONS, "now": NOW + 30}, rooms="any"))

    def test_refuses_a_token_of_which_any_character_is_altered(self):
        token = create_token(**OPTIONS, rooms="any")
        for index, character in enumerate(token):
            forged = token[:index] + ("B" if character == "A" else "A") + token[index + 1 :]
            self.assert_code(1002033, forged)

    def test_refuses_forms_that_are_no_token(self):
        none = "eyJhbGciOiJub25lIn0.e30."
        for text in ["a.b.c", "..", "no token", "é", "[" * 9000, "W1tb.W1tb.W1tb", none, "04", "04AAAA"]:
            with self.subTest(text=text[:20]):
                self.assert_code(1002033, text)


@needs_aes
class Token04(Test):
    def test_grants_any_room_or_one(self):
        self.assertEqual(verify_token(create_token04(**OPTIONS, room="any"), **SUBJECT).rooms, "any")
        room = Token04Room("stage", ["login", "publish"], ["ann-camera"])
        verified = verify_token(create_token04(**OPTIONS, room=room), **SUBJECT)
        self.assertEqual(verified.rooms, (RoomGrant("stage", ("login", "subscribe", "message", "publish", "share")),))
        self.assertEqual(verified.streams, ("ann-camera",))

    def test_names_the_argument_that_is_wrong(self):
        for wrong, argument, code in [
            (dict(app_id=0), "app_id", 1001000),
            (dict(room=None), "room", 1000017),
            (dict(room="all"), "room", 1000017),
            (dict(room=Token04Room("a b", ["login"])), "room.room_id", 1002012),
            (dict(room=Token04Room("r", ["message"])), "room.rights[0]", 1000017),
            (dict(room=Token04Room("r", ["login"], [""])), "room.streams[0]", 1000015),
            (dict(room=Token04Room("r", ["login"], ["s" * 255] * 300)), "room.streams", 1000017),
        ]:
            with self.subTest(wrong=wrong):
                self.assert_refused(lambda: create_token04(**{**OPTIONS, "room": "any", **wrong}), argument, code)

    def test_refuses_what_the_servers_refuse(self):
        token = create_token04(**OPTIONS, room="any")
        self.assert_code(1002076, token, app_id=8)
        self.assert_code(1002078, token, now=NOW + 60)
        for index in range(2, len(token)):
            forged = token[:index] + ("B" if token[index] == "A" else "A") + token[index + 1 :]
            self.assert_code(1002033, forged)


if __name__ == "__main__":
    unittest.main()
