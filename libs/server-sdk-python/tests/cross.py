"""Answers the calls of the test that compares the languages: one JSON object per line, on stdin and stdout."""

import json
import re
import sys
from dataclasses import asdict

import polyroom_server_sdk as sdk


def to_snake(name):
    return re.sub(r"[A-Z]", lambda letter: f"_{letter.group().lower()}", name)


def read_options(options):
    named = {to_snake(key): value for key, value in options.items()}
    if isinstance(named.get("rooms"), list):
        named["rooms"] = [
            sdk.RoomGrant(**{to_snake(key): value for key, value in room.items()}) for room in named["rooms"]
        ]
    if isinstance(named.get("room"), dict):
        named["room"] = sdk.Token04Room(**{to_snake(key): value for key, value in named["room"].items()})
    return named


def read_room(room):
    names = {"room_id": "roomId", "room_pattern": "roomPattern", "rights": "rights", "streams": "streams"}
    return {name: room[key] for key, name in names.items() if room[key] is not None}


def verify_token(token, **options):
    verified = asdict(sdk.verify_token(token, **options))
    rooms = verified["rooms"]
    return {
        "userId": verified["user_id"],
        "rooms": rooms if rooms == "any" else [read_room(room) for room in rooms],
        "streams": verified["streams"],
        "maxRooms": verified["max_rooms"],
        "issuedAt": verified["issued_at"],
        "expiresAt": verified["expires_at"],
    }


calls = {
    "createToken": sdk.create_token,
    "createToken04": sdk.create_token04,
    "verifyToken": verify_token,
    "signWebhook": sdk.sign_webhook,
    "verifyWebhook": sdk.verify_webhook,
    "signZegoCallback": sdk.sign_zego_callback,
    "verifyZegoCallback": sdk.verify_zego_callback,
}


def answer(request):
    try:
        return {"value": calls[request["call"]](**read_options(request["options"]))}
    except sdk.ArgumentError as error:
        problem = str(error)[len(error.argument) + 2 :]
        return {"argument": error.argument, "code": error.code, "problem": problem}
    except sdk.TokenError as error:
        return {"code": error.code, "problem": str(error)}
    except sdk.WebhookSignatureError as error:
        return {"reason": error.reason, "problem": str(error)}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
