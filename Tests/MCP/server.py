"""A server of the Model Context Protocol with the library of its authors, for tests of clients.

`server.py stdio`, or `server.py sse|http|json|sessionless|modern`, which prints its port on its first line.
"""

import asyncio
import json
import socket
import sys

import uvicorn
from mcp.server.mcpserver import Context, Image, MCPServer

server = MCPServer("Desk", log_level="CRITICAL")
calls = 0


@server.tool()
def add(a: int, b: int) -> str:
    """Adds two numbers."""
    return str(a + b)


@server.tool(structured_output=True)
def weather(city: str) -> dict[str, int]:
    """Tells the weather."""
    return {"degrees": len(city)}


@server.tool()
def picture() -> Image:
    """Shows a picture."""
    return Image(data=b"not a picture", format="png")


@server.tool()
def fail() -> str:
    """Always fails."""
    raise ValueError("the desk is closed")


@server.tool()
async def slow(context: Context) -> str:
    """Takes longer than anybody waits, and tells of its progress."""
    for step in range(600):
        await context.report_progress(step, 600)
        await asyncio.sleep(0.1)
    return "at last"


@server.tool()
async def learn(context: Context) -> str:
    """Adds a tool."""

    def learned() -> str:
        """A tool that was not there before."""
        return "I learned this."

    server.add_tool(learned, name="learned")
    await context.session.send_tool_list_changed()
    return "done"


@server.tool()
def long(length: int) -> str:
    """Says much."""
    return "x" * length


def serve(app):
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


def modern(app):
    """The app as one that knows only the protocol without sessions: it refuses the handshake."""

    async def wrapped(scope, receive, send):
        if scope["type"] != "http":
            return await app(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        if headers.get("mcp-protocol-version") == "2026-07-28":
            return await app(scope, receive, send)
        error = {"code": -32022, "message": "Unsupported protocol version", "data": {"supported": ["2026-07-28"]}}
        await send({"type": "http.response.start", "status": 400, "headers": [(b"content-type", b"application/json")]})
        body = json.dumps({"jsonrpc": "2.0", "id": None, "error": error}).encode()
        await send({"type": "http.response.body", "body": body})

    return wrapped


match sys.argv[1]:
    case "stdio":
        server.run("stdio")
    case "sse":
        serve(server.sse_app())
    case "http":
        serve(server.streamable_http_app())
    case "json":
        serve(server.streamable_http_app(json_response=True))
    case "sessionless":
        serve(server.streamable_http_app(stateless_http=True))
    case "modern":
        serve(modern(server.streamable_http_app()))
    case other:
        sys.exit(f"there is no transport {other}")
