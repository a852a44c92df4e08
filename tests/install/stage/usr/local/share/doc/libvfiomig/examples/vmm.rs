// SPDX-License-Identifier: BSD-3-Clause
//! vmm.rs - a receiving VMM in Rust, without any crate
//!
//!	rustc vmm.rs $(pkg-config --libs-only-L libvfiomig) -o vmm
//!	./vmm BACKEND NAME PARAMS CONNECTION...
//!
//! The declarations below are those of <vfiomig/vfiomig.h>; a test compares
//! them.  Only what is used is declared.

use std::ffi::{c_char, c_int, c_void, CStr, CString};
use std::fs::File;
use std::os::fd::AsRawFd;
use std::ptr::{null, null_mut};

#[repr(C)]
struct Vfiomig([u8; 0]);
#[repr(C)]
struct VfiomigDevice([u8; 0]);
#[repr(C)]
struct VfiomigChannel([u8; 0]);

const VFIOMIG_INCOMING: u32 = 1;

#[repr(C)]
struct VfiomigConfig {
    size: usize,
    flags: u32,
    channels: u32,
    budget: u64,
    packet_max: u32,
    window: u32,
    stall_timeout: u32,
    page_size: u32,
    uuid: *const u8,
    log: *const c_void,
    trace: *const c_void,
    ram: *const c_void,
    opaque: *mut c_void,
}

#[repr(C)]
struct VfiomigDeviceConfig {
    size: usize,
    flags: u32,
    instance_id: u32,
    idstr: *const c_char,
    backend: *const c_char,
    params: *const c_char,
    config_load: Option<extern "C" fn(*mut c_void, *const c_void, usize) -> c_int>,
    config_save: *const c_void,
    opaque: *mut c_void,
}

#[repr(C)]
struct VfiomigChannelConfig {
    size: usize,
    flags: u32,
    fd: c_int,
    id: u32,
    readv: *const c_void,
    writev: *const c_void,
    opaque: *mut c_void,
}

#[link(name = "vfiomig")]
extern "C" {
    fn vfiomig_backend_load(name: *const c_char, text: *mut c_char, size: usize) -> c_int;
    fn vfiomig_new(migration: *mut *mut Vfiomig, direction: u32, config: *const VfiomigConfig) -> c_int;
    fn vfiomig_free(migration: *mut Vfiomig);
    fn vfiomig_failure(migration: *mut Vfiomig, text: *mut c_char, size: usize) -> c_int;
    fn vfiomig_resume(migration: *mut Vfiomig) -> c_int;
    fn vfiomig_device_add(migration: *mut Vfiomig, config: *const VfiomigDeviceConfig, device: *mut *mut VfiomigDevice) -> c_int;
    fn vfiomig_channel_open(migration: *mut Vfiomig, config: *const VfiomigChannelConfig, channel: *mut *mut VfiomigChannel) -> c_int;
    fn vfiomig_channel_run(channel: *mut VfiomigChannel) -> c_int;
    fn vfiomig_channel_close(channel: *mut VfiomigChannel) -> c_int;
    fn vfiomig_buffer_drain(device: *mut VfiomigDevice) -> c_int;
}

extern "C" fn config_load(_opaque: *mut c_void, _data: *const c_void, size: usize) -> c_int {
    println!("config state: {size} bytes"); // for the VMM's PCI device
    0
}

/// A migration may be used from every thread: vfiomig-threads(7).
#[derive(Clone, Copy)]
struct Migration(*mut Vfiomig);
unsafe impl Send for Migration {}

impl Migration {
    fn receive(self, path: String) -> c_int {
        let Ok(file) = File::open(path) else { return -1 };
        let config = VfiomigChannelConfig {
            size: size_of::<VfiomigChannelConfig>(),
            flags: 0,
            fd: file.as_raw_fd(),
            id: 0,
            readv: null(),
            writev: null(),
            opaque: null_mut(),
        };
        let mut channel = null_mut();
        unsafe {
            match vfiomig_channel_open(self.0, &config, &mut channel) {
                0 => {
                    let r = vfiomig_channel_run(channel);
                    vfiomig_channel_close(channel);
                    r
                }
                r => r,
            }
        }
    }

    fn failure(self) -> String {
        let mut text = [0 as c_char; 256];
        unsafe {
            vfiomig_failure(self.0, text.as_mut_ptr(), text.len());
            CStr::from_ptr(text.as_ptr()).to_string_lossy().into_owned()
        }
    }
}

fn run(args: &[String]) -> Result<(), String> {
    let c = |s: &str| CString::new(s).map_err(|e| e.to_string());
    let (object, name, params) = (c(&args[1])?, c(&args[2])?, c(&args[3])?);
    let idstr = c("0000:00:01.0/vfio")?;
    let config = VfiomigConfig {
        size: size_of::<VfiomigConfig>(),
        channels: args.len() as u32 - 4,
        ..unsafe { std::mem::zeroed() }
    };
    let device_config = VfiomigDeviceConfig {
        size: size_of::<VfiomigDeviceConfig>(),
        idstr: idstr.as_ptr(),
        backend: name.as_ptr(),
        params: params.as_ptr(),
        config_load: Some(config_load),
        ..unsafe { std::mem::zeroed() }
    };
    let (mut mig, mut device) = (null_mut(), null_mut());
    let ok = |r: c_int| if r < 0 { Err(format!("error {}", -r)) } else { Ok(()) };
    unsafe {
        ok(vfiomig_backend_load(object.as_ptr(), null_mut(), 0))?;
        ok(vfiomig_new(&mut mig, VFIOMIG_INCOMING, &config))?;
        let mig = Migration(mig);
        let result = ok(vfiomig_device_add(mig.0, &device_config, &mut device)).and_then(|()| {
            let threads: Vec<_> = args[4..]
                .iter()
                .map(|path| path.clone())
                .map(|path| std::thread::spawn(move || mig.receive(path)))
                .collect();
            let loaded = vfiomig_buffer_drain(device);
            for thread in threads {
                let _ = thread.join();
            }
            ok(loaded).and_then(|()| ok(vfiomig_resume(mig.0))).map_err(|_| mig.failure())
        });
        vfiomig_free(mig.0);
        result
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if args.len() < 5 {
        std::process::exit(2);
    }
    match run(&args) {
        Ok(()) => println!("the device runs"),
        Err(why) => {
            println!("failed: {why}");
            std::process::exit(1);
        }
    }
}
