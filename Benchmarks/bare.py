"""What a client that does nothing sees of the stand-ins: the part of Parley's share that is theirs, and the loopback's."""
import asyncio
import json

from websockets.asyncio.client import connect

from hosted import VOICE, Doubles, now
from measuring import RATE, speak

ELEVEN = "/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM/multi-stream-input?model_id=eleven_turbo_v2_5&output_format=pcm_16000"


async def transcripts(doubles, rounds, delay):
    """From `Finalize` to the transcript, less its scripted delay."""
    found, audio = [], speak("What should I do?")[:RATE].tobytes()
    for _ in range(rounds):
        url = f"ws://{doubles.host}:{doubles.port}/v1/listen?encoding=linear16&sample_rate={RATE}&model=nova-3"
        async with connect(url, additional_headers={"Authorization": "Token bare"}, compression=None) as socket:
            await socket.send(audio)
            await asyncio.sleep(0.1)
            sent = now()
            await socket.send('{"type":"Finalize"}')
            while '"from_finalize":true' not in await socket.recv():
                pass
            found.append(now() - sent - delay)
    return found


async def chats(doubles, rounds):
    """When requests were sent, and when the last word came."""
    body = json.dumps({"model": "bare", "stream": True, "messages": [{"role": "user", "content": "How?"}]})
    request = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: {doubles.host}\r\nAuthorization: Bearer bare\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
    reader, writer = await asyncio.open_connection(doubles.host, doubles.port)
    sent, came = [], []
    for _ in range(rounds):
        sent.append(now())
        writer.write(request)
        answer, last = b"", None
        while b"0\r\n\r\n" not in answer:
            answer += await reader.read(1 << 16)
            last = last or (b'"content":" Good."' in answer and now())
        came.append(last)
        await asyncio.sleep(0.05)
    writer.close()
    return sent, came


async def voices(doubles, rounds, text):
    """When requests were sent, and when their first audio came."""
    url = f"ws://{doubles.host}:{doubles.port}{ELEVEN}&auto_mode=true&sync_alignment=true"
    sent, came = [], []
    async with connect(url, additional_headers={"xi-api-key": "bare"}, compression=None) as socket:
        for number in range(rounds):
            context = {"context_id": f"bare-{number}"}
            sent.append(now())
            for message in ({"text": " "}, {"text": text, "flush": True}, {"close_context": True}):
                await socket.send(json.dumps(message | context))
            first = None
            while '"isFinal":true' not in await socket.recv():
                first = first or now()
            came.append(first)
            await asyncio.sleep(0.05)
    return sent, came


def floor(script, rounds, sentence, transcript_delay):
    """Lists of ms by part: what is Parley's share of a turn where Parley is not there."""
    with Doubles(script) as doubles:

        async def measure():
            await voices(doubles, 1, sentence)  # the engine behind speaks it once
            heard = await transcripts(doubles, rounds, transcript_delay)
            doubles.forget()
            return heard, await chats(doubles, rounds), await voices(doubles, rounds, sentence)

        heard, (asked, written), (ordered, spoken) = asyncio.run(measure())
        journal = doubles.journal()

    def between(before, after):
        return [end - start for start, end in zip(before, after)]

    return {
        "transcript": heard,
        "chat request": between(asked, journal.times("openai.chat", "request")),
        "sentence": between(journal.times("openai.chat", "finished"), written),
        "synthesis request": between(ordered, journal.times(VOICE, "request")),
        "audio": between(journal.times(VOICE, "firstPiece"), spoken),
    }
