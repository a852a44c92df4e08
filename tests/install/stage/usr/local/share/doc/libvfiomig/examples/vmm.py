#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""vmm.py - a receiving VMM for test harnesses: ctypes, nothing to build

    ./vmm.py BACKEND NAME PARAMS CONNECTION...

The structs below are those of <vfiomig/vfiomig.h>; a test compares them.
ctypes lets go of the interpreter's lock during a call, so threads work.
"""
import ctypes
import os
import sys
import threading
from ctypes import (CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int,
                    c_size_t, c_ssize_t, c_uint32, c_uint64, c_void_p, sizeof)

INCOMING = 1
CONFIG_LOAD = CFUNCTYPE(c_int, c_void_p, c_void_p, c_size_t)
CONFIG_SAVE = CFUNCTYPE(c_ssize_t, c_void_p, c_void_p, c_size_t)
LOG = CFUNCTYPE(None, c_void_p, c_int, c_char_p)


class vfiomig_config(Structure):
    _fields_ = [("size", c_size_t), ("flags", c_uint32),
                ("channels", c_uint32), ("budget", c_uint64),
                ("packet_max", c_uint32), ("window", c_uint32),
                ("stall_timeout", c_uint32), ("page_size", c_uint32),
                ("uuid", c_char_p), ("log", LOG), ("trace", c_void_p),
                ("ram", c_void_p), ("opaque", c_void_p)]


class vfiomig_device_config(Structure):
    _fields_ = [("size", c_size_t), ("flags", c_uint32),
                ("instance_id", c_uint32), ("idstr", c_char_p),
                ("backend", c_char_p), ("params", c_char_p),
                ("config_load", CONFIG_LOAD), ("config_save", CONFIG_SAVE),
                ("opaque", c_void_p)]


class vfiomig_channel_config(Structure):
    _fields_ = [("size", c_size_t), ("flags", c_uint32), ("fd", c_int),
                ("id", c_uint32), ("readv", c_void_p), ("writev", c_void_p),
                ("opaque", c_void_p)]


def library():
    lib = ctypes.CDLL("libvfiomig.so.0")
    pointers = {
        "vfiomig_backend_load": [c_char_p, c_char_p, c_size_t],
        "vfiomig_new": [POINTER(c_void_p), c_int, POINTER(vfiomig_config)],
        "vfiomig_free": [c_void_p],
        "vfiomig_failure": [c_void_p, c_char_p, c_size_t],
        "vfiomig_resume": [c_void_p],
        "vfiomig_device_add": [c_void_p, POINTER(vfiomig_device_config),
                               POINTER(c_void_p)],
        "vfiomig_channel_open": [c_void_p, POINTER(vfiomig_channel_config),
                                 POINTER(c_void_p)],
        "vfiomig_channel_run": [c_void_p],
        "vfiomig_channel_close": [c_void_p],
        "vfiomig_buffer_drain": [c_void_p],
    }
    for name, arguments in pointers.items():
        getattr(lib, name).argtypes = arguments
    return lib


def ok(r):
    if r < 0:
        raise OSError(-r, os.strerror(-r))


def receive(lib, mig, path):
    with open(path, "rb", buffering=0) as file:
        config = vfiomig_channel_config(size=sizeof(vfiomig_channel_config),
                                        fd=file.fileno())
        channel = c_void_p()
        ok(lib.vfiomig_channel_open(mig, byref(config), byref(channel)))
        lib.vfiomig_channel_run(channel)
        lib.vfiomig_channel_close(channel)


def load(lib, mig, name, params, paths):
    states = []
    config = vfiomig_device_config(
        size=sizeof(vfiomig_device_config), idstr=b"0000:00:01.0/vfio",
        backend=name.encode(), params=params.encode(),
        config_load=CONFIG_LOAD(lambda opaque, data, size: states.append(
            ctypes.string_at(data, size)) or 0))
    device = c_void_p()
    ok(lib.vfiomig_device_add(mig, byref(config), byref(device)))
    threads = [threading.Thread(target=receive, args=(lib, mig, path))
               for path in paths]
    for thread in threads:
        thread.start()
    r = lib.vfiomig_buffer_drain(device)
    for thread in threads:
        thread.join()
    ok(r)
    ok(lib.vfiomig_resume(mig))
    return states[0]


def main(backend, name, params, *paths):
    lib = library()
    log = LOG(lambda opaque, level, line: print(line.decode()))
    config = vfiomig_config(size=sizeof(vfiomig_config), channels=len(paths),
                            log=log)
    mig = c_void_p()
    ok(lib.vfiomig_backend_load(backend.encode(), None, 0))
    ok(lib.vfiomig_new(byref(mig), INCOMING, byref(config)))
    try:
        print(f"config state: {len(load(lib, mig, name, params, paths))} bytes")
        print("the device runs")
        return 0
    except OSError:
        text = ctypes.create_string_buffer(256)
        lib.vfiomig_failure(mig, text, 256)
        print(f"failed: {text.value.decode()}")
        return 1
    finally:
        lib.vfiomig_free(mig)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) > 4 else 2)
