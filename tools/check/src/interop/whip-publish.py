#!/usr/bin/python3
"""Publishes running colour bars and a steady tone through WHIP, with GStreamer's webrtcbin.

usage: TOKEN=... whip-publish.py ENDPOINT vp8|h264 udp|tcp     (SIGTERM ends it with a DELETE)
       whip-publish.py codecs                                  (says which of the two can be encoded here)
"""
import re
import signal
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402
from sdp_exchange import Resource, say  # noqa: E402

ENCODERS = {
    "vp8": {
        "vp8enc": "vp8enc deadline=1 target-bitrate=600000 keyframe-max-dist=250 ! rtpvp8pay pt=96"
        " ! application/x-rtp,media=video,encoding-name=VP8,payload=96",
    },
    # The last caps appear in the offer, which is made before the first frame.
    "h264": {
        element: f"{encoder} ! video/x-h264,profile=constrained-baseline"
        " ! h264parse ! rtph264pay pt=102 config-interval=-1 aggregate-mode=zero-latency"
        " ! application/x-rtp,media=video,encoding-name=H264,payload=102,"
        "packetization-mode=(string)1"
        for element, encoder in (
            ("x264enc", "x264enc tune=zerolatency speed-preset=ultrafast bitrate=600 key-int-max=250"),
            ("openh264enc", "openh264enc bitrate=600000 gop-size=250"),
        )
    },
}
PIPELINE = """
webrtcbin name=webrtc bundle-policy=max-bundle
videotestsrc is-live=true pattern=smpte horizontal-speed=4
  ! video/x-raw,format=I420,width=640,height=360,framerate=25/1 ! {video} ! webrtc.
audiotestsrc is-live=true wave=sine volume=0.3 ! audioconvert ! opusenc ! rtpopuspay pt=111
  ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! webrtc.
"""


def encoder_of(codec):
    """The pipeline's part for a codec, or None where no element of this machine encodes it."""
    found = [part for element, part in ENCODERS[codec].items() if Gst.ElementFactory.find(element)]
    return found[0] if found else None


def keep_candidates(sdp, protocol):
    """libnice takes whichever connects first; with the other ones left out it has no choice."""
    other = {"udp": "tcp", "tcp": "udp"}[protocol]
    lines = sdp.split("\r\n")
    return "\r\n".join(line for line in lines if not re.match(rf"a=candidate:\S+ \d+ {other} ", line, re.I))


class Publisher:
    def __init__(self, endpoint, codec, protocol):
        self.resource = Resource(endpoint)
        self.protocol = protocol
        self.loop = GLib.MainLoop()
        self.failed = False
        self.pipeline = Gst.parse_launch(PIPELINE.format(video=encoder_of(codec)))
        self.webrtc = self.pipeline.get_by_name("webrtc")
        self.webrtc.connect("on-negotiation-needed", self.offer)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", lambda _, message: self.fail(message.parse_error()[0].message))
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, self.loop.quit)

    def fail(self, why):
        print(why, file=sys.stderr, flush=True)
        self.failed = True
        self.loop.quit()

    def offer(self, _):
        self.webrtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.send))

    def send(self, promise):
        # The reply owns the offer: it has to outlive it.
        reply = promise.get_reply()
        offer = reply.get_value("offer")
        text = offer.sdp.as_text()
        self.webrtc.emit("set-local-description", offer, Gst.Promise.new())
        try:
            _, answer = self.resource.post(text)
        except Exception as error:
            GLib.idle_add(self.fail, str(error))
            return
        _, message = GstSdp.SDPMessage.new_from_text(keep_candidates(answer, self.protocol))
        description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self.webrtc.emit("set-remote-description", description, Gst.Promise.new())
        say(event="publishing")

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        say(event="deleted", status=self.resource.delete())
        self.pipeline.set_state(Gst.State.NULL)
        return 1 if self.failed else 0


Gst.init(None)
if sys.argv[1:] == ["codecs"]:
    say(event="codecs", codecs=[codec for codec in ENCODERS if encoder_of(codec)])
else:
    sys.exit(Publisher(*sys.argv[1:]).run())
