#!/usr/bin/python3
"""Publishes a moving ball and a ticking clock through WHIP, with GStreamer's webrtcbin.

usage: WHIP_TOKEN=... whip-publish.py ENDPOINT     (SIGTERM ends it with a DELETE)
"""
import os
import signal
import sys
import urllib.parse
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

PIPELINE = """
webrtcbin name=webrtc bundle-policy=max-bundle
videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=25/1
  ! vp8enc deadline=1 target-bitrate=600000 keyframe-max-dist=250 ! rtpvp8pay pt=96
  ! application/x-rtp,media=video,encoding-name=VP8,payload=96 ! webrtc.
audiotestsrc is-live=true wave=ticks ! audioconvert ! opusenc ! rtpopuspay pt=111
  ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! webrtc.
"""


def ask(method, url, body=None):
    headers = {"Authorization": "Bearer " + os.environ["WHIP_TOKEN"]}
    if body is not None:
        headers["Content-Type"] = "application/sdp"
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    return urllib.request.urlopen(request, timeout=10)


class Publisher:
    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.resource = None
        self.loop = GLib.MainLoop()
        self.failed = False
        self.pipeline = Gst.parse_launch(PIPELINE)
        self.webrtc = self.pipeline.get_by_name("webrtc")
        self.webrtc.connect("on-negotiation-needed", self.offer)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", lambda _bus, message: self.fail(message.parse_error()[0].message))
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, self.loop.quit)

    def fail(self, why):
        print(why, file=sys.stderr, flush=True)
        self.failed = True
        self.loop.quit()

    def offer(self, _element):
        self.webrtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.send, None, None))

    def send(self, promise, *_):
        # The reply owns the offer: it has to outlive it.
        reply = promise.get_reply()
        offer = reply.get_value("offer")
        text = offer.sdp.as_text()
        self.webrtc.emit("set-local-description", offer, Gst.Promise.new())
        try:
            response = ask("POST", self.endpoint, text.encode())
            answer = response.read()
        except Exception as error:  # noqa: BLE001
            detail = error.read().decode() if hasattr(error, "read") else ""
            GLib.idle_add(self.fail, f"{error} {detail}")
            return
        self.resource = urllib.parse.urljoin(self.endpoint, response.headers["Location"])
        _, message = GstSdp.SDPMessage.new_from_text(answer.decode())
        description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self.webrtc.emit("set-remote-description", description, Gst.Promise.new())
        print("publishing", flush=True)

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        if self.resource is not None:
            ask("DELETE", self.resource)
        self.pipeline.set_state(Gst.State.NULL)
        return 1 if self.failed else 0


Gst.init(None)
sys.exit(Publisher(sys.argv[1]).run())
