#!/usr/bin/python3
"""Plays a stream through WHEP with GStreamer's webrtcbin, decodes it and counts what comes out.

usage: TOKEN=... whep-play.py ENDPOINT CODEC AUDIO_NUMBER VIDEO_NUMBER     (SIGTERM ends it with a DELETE)

The numbers are the payload types of its offer. Where the server makes an offer of its own instead (406), that
is answered.
"""
import signal
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402
from sdp_exchange import Resource, say  # noqa: E402

COUNT_EVERY_MS = 250
CAPS = {
    "opus": "application/x-rtp,media=audio,encoding-name=OPUS,encoding-params=(string)2,clock-rate=48000",
    "vp8": "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000",
    "h264": "application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,"
    "packetization-mode=(string)1,profile-level-id=(string)42e01f",
}


def description(kind, text):
    return GstWebRTC.WebRTCSessionDescription.new(kind, GstSdp.SDPMessage.new_from_text(text)[1])


class Player:
    def __init__(self, endpoint, codec, audio_number, video_number):
        self.resource = Resource(endpoint)
        self.wanted = [f"{CAPS['opus']},payload={audio_number}", f"{CAPS[codec]},payload={video_number}"]
        self.loop = GLib.MainLoop()
        self.failed = False
        self.pipeline = None
        self.counts = {"frames": 0, "audioBuffers": 0}
        self.brightness = 0
        self.loudness = 0
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, self.loop.quit)

    def fail(self, why):
        print(why, file=sys.stderr, flush=True)
        self.failed = True
        self.loop.quit()

    def connection(self):
        """A new webrtcbin in a pipeline of its own, in the place of the one before."""
        if self.pipeline is not None:
            self.pipeline.set_state(Gst.State.NULL)
        self.pipeline = Gst.Pipeline.new(None)
        webrtc = Gst.ElementFactory.make("webrtcbin", None)
        webrtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        webrtc.connect("pad-added", self.decode)
        self.pipeline.add(webrtc)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", lambda _, message: self.fail(message.parse_error()[0].message))
        return webrtc

    def offer(self):
        webrtc = self.connection()
        for caps in self.wanted:
            receives = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
            webrtc.emit("add-transceiver", receives, Gst.Caps.from_string(caps))
        webrtc.connect("on-negotiation-needed", lambda _: webrtc.emit(
            "create-offer", None, Gst.Promise.new_with_change_func(self.send, webrtc)))
        self.pipeline.set_state(Gst.State.PLAYING)

    def send(self, promise, webrtc):
        # The reply owns the offer: it has to outlive it.
        reply = promise.get_reply()
        offer = reply.get_value("offer")
        text = offer.sdp.as_text()
        webrtc.emit("set-local-description", offer, Gst.Promise.new())
        try:
            status, sdp = self.resource.post(text)
        except Exception as error:
            GLib.idle_add(self.fail, str(error))
            return
        say(event="answered", status=status)
        if status == 406:
            # On the main loop: a pipeline cannot be taken down from its own thread.
            GLib.idle_add(self.answer, sdp)
        else:
            answer = description(GstWebRTC.WebRTCSDPType.ANSWER, sdp)
            webrtc.emit("set-remote-description", answer, Gst.Promise.new())

    def answer(self, sdp):
        webrtc = self.connection()
        self.pipeline.set_state(Gst.State.PLAYING)
        offer = description(GstWebRTC.WebRTCSDPType.OFFER, sdp)
        webrtc.emit("set-remote-description", offer, Gst.Promise.new_with_change_func(
            lambda _: webrtc.emit(
                "create-answer", None, Gst.Promise.new_with_change_func(self.send_answer, webrtc))))

    def send_answer(self, promise, webrtc):
        reply = promise.get_reply()
        answer = reply.get_value("answer")
        text = answer.sdp.as_text()
        webrtc.emit("set-local-description", answer, Gst.Promise.new())
        try:
            self.resource.patch(text)
        except Exception as error:
            GLib.idle_add(self.fail, str(error))

    def decode(self, _, pad):
        if pad.direction != Gst.PadDirection.SRC:
            return
        decoder = Gst.ElementFactory.make("decodebin", None)
        decoder.connect("pad-added", self.count)
        self.pipeline.add(decoder)
        decoder.sync_state_with_parent()
        pad.link(decoder.get_static_pad("sink"))

    def count(self, _, pad):
        is_video = pad.get_current_caps().get_structure(0).get_name().startswith("video/")
        sink = Gst.parse_bin_from_description(
            "videoconvert ! video/x-raw,format=GRAY8 ! fakesink name=end sync=false signal-handoffs=true"
            if is_video
            else "audioconvert ! audio/x-raw,format=S8 ! fakesink name=end sync=false signal-handoffs=true",
            True,
        )
        sink.get_by_name("end").connect("handoff", self.look if is_video else self.listen)
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    def look(self, _, buffer, _pad):
        self.counts["frames"] += 1
        # One point of a hundred is enough to distinguish an image from a black frame.
        points = buffer.extract_dup(0, buffer.get_size())[::97]
        self.brightness = round(sum(points) / max(1, len(points)))

    def listen(self, _, buffer, _pad):
        self.counts["audioBuffers"] += 1
        samples = memoryview(buffer.extract_dup(0, buffer.get_size())).cast("b")
        self.loudness = max(self.loudness, *map(abs, samples))

    def tell(self):
        say(event="counts", **self.counts, brightness=self.brightness, loudness=self.loudness)
        return True

    def run(self):
        GLib.timeout_add(COUNT_EVERY_MS, self.tell)
        self.offer()
        self.loop.run()
        say(event="deleted", status=self.resource.delete())
        self.pipeline.set_state(Gst.State.NULL)
        return 1 if self.failed else 0


Gst.init(None)
sys.exit(Player(*sys.argv[1:]).run())
