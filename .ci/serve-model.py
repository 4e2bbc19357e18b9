"""Serves one GGUF model on loopback until it is ended: serve-model.py MODEL NAME PORT. Speaks OpenAI's chat protocol."""
import os
import signal
import sys

import xllamacpp

model, name, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
# Smaller than the largest prompt of a scan, so that a prompt over the window is soon made.
window = 4096

parameters = xllamacpp.CommonParams()
parameters.model.path = model
parameters.model_alias = {name}
parameters.hostnames = ["127.0.0.1"]
parameters.port = port
parameters.n_ctx = window
parameters.n_parallel = 1
# With both cores busy, two threads wait for each other at every layer.
parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = int(os.environ.get("SECORCH_MODEL_THREADS", "1"))
parameters.endpoint_slots = parameters.endpoint_metrics = parameters.endpoint_props = True
parameters.use_jinja = True
parameters.ui = False
parameters.offline = True
parameters.fit_params = False

server = xllamacpp.Server(parameters)
signal.pause()
