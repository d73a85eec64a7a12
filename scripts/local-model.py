#!/usr/bin/env python3
"""A small language model on this machine: serves a GGUF file as OpenAI's chat completions, on loopback.

Usage: local-model.py GGUF [THREADS]. Prints `ready http://127.0.0.1:PORT/v1` when it answers. `./dev model` starts it, and
gives it the low priority that leaves the processor to speech. xllamacpp (llama.cpp) is found through PYTHONPATH.
"""
import ctypes
import os
import signal
import socket
import sys

import xllamacpp

# It ends with whoever started it, even when that was killed.
PR_SET_PDEATHSIG = 1
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

# A Ctrl-C is for the server, whose conversations still end; the model ends with it.
signal.signal(signal.SIGINT, signal.SIG_IGN)

gguf = sys.argv[1]
threads = int(sys.argv[2]) if len(sys.argv) > 2 else os.cpu_count() or 1

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]

parameters = xllamacpp.CommonParams()
parameters.model.path = gguf
# A slot for each of a few agents keeps its prompt warm: reading a prompt is what costs time.
parameters.n_parallel = 4
parameters.n_ctx = 4 * 4096
parameters.hostnames = ["127.0.0.1"]
parameters.port = port
parameters.cpuparams.n_threads = threads
parameters.cpuparams_batch.n_threads = threads
server = xllamacpp.Server(parameters)
print(f"ready {server.listening_address}/v1", flush=True)
signal.pause()
