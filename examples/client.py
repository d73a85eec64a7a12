"""A small Parley client: plays a recording into a conversation and saves what a loudspeaker would have played.

python client.py ws://127.0.0.1:8000/bridge/PROJECT question.wav answer.wav     (pip install websockets)
"""
import asyncio, base64, json, sys, time, wave
import websockets

RATE = 16_000  # Parley hears PCM16, mono, 16,000 Hz
CHUNK = RATE * 30 // 1000 * 2  # bytes in 30 ms


class Loudspeaker:
    """Knows how much of the received audio has been played."""

    def __init__(self):
        self.rate, self.done, self.audio, self.started = RATE, b"", b"", None

    def add(self, audio):
        self.started = self.started or time.monotonic()
        self.audio += audio

    def remaining(self):
        return len(self.audio) / 2 / self.rate - (time.monotonic() - self.started) if self.started else 0

    def stop(self):
        """Keeps what has been played and drops the rest."""
        if self.started:
            self.done += self.audio[: int((time.monotonic() - self.started) * self.rate) * 2]
        self.audio, self.started = b"", None


async def speak(send, recording, said):
    """Sends the recording at the speed of a microphone, then silence, until it is cancelled."""
    for start in range(0, 10**9, CHUNK):
        if start >= len(recording):
            said.set()
        chunk = recording[start : start + CHUNK].ljust(CHUNK, b"\0")
        await send(type="input_audio_buffer.append", audio=base64.b64encode(chunk).decode())
        await asyncio.sleep(0.03)


async def play_to_the_end(send, speaker):
    await asyncio.sleep(max(0, speaker.remaining()))
    speaker.stop()
    await send(type="playback.stopped")


async def main(url, question, answer):
    with wave.open(question) as file:
        assert file.getparams()[:3] == (1, 2, RATE), "the recording must be PCM16, mono, 16,000 Hz"
        recording = file.readframes(file.getnframes())
    speaker, said, ending = Loudspeaker(), asyncio.Event(), None
    async with websockets.connect(url) as socket:
        async def send(**message):
            await socket.send(json.dumps(message))

        microphone = asyncio.create_task(speak(send, recording, said))
        async for text in socket:
            event = json.loads(text)
            match event["type"]:
                case "session.created":
                    speaker.rate = event["session"]["sample_rate"]
                case "tool.called" if event["arguments"] is not None:
                    await send(type="tool.result", call_id=event["call_id"], error="this client has no such function")
                case "PING":
                    await send(type="PONG")
                case "response.audio_transcript.done":
                    print("You:", event["text"])
                case "response.text.done":
                    print(f'{event["role"]}:', event["text"])
                case "response.audio.delta":
                    if not speaker.started:
                        await send(type="playback.started")
                    speaker.add(base64.b64decode(event["delta"]))
                case "response.interrupted":
                    if ending:
                        ending.cancel()
                    speaker.stop()
                    await send(type="response.cancel")
                    print("(interrupted; heard until then:", event["heard"] + ")")
                case "response.audio.done":
                    ending = asyncio.create_task(play_to_the_end(send, speaker))
                case "response.done" if event["status"] != "interrupted" and said.is_set():
                    if ending:
                        await ending
                    break
                case "warning" | "error":
                    print(event["type"], event["code"], event["message"])
        microphone.cancel()
    with wave.open(answer, "wb") as file:
        file.setparams((1, 2, speaker.rate, 0, "NONE", ""))
        file.writeframes(speaker.done)


asyncio.run(main(*sys.argv[1:4]))
