//! Loaded into PostgreSQL: while the file that `TASKER_FULL_DISK` names is there, no file of a database
//! can grow, as on a full disk. What has its place on the disk can be written.

use std::ffi::{CStr, c_char, c_int, c_void};

const ENOSPC: c_int = 28;
const SEEK_END: c_int = 2;
const NEXT: *mut c_void = -1_isize as *mut c_void;

type Pwrite = unsafe extern "C" fn(c_int, *const c_void, usize, i64) -> isize;

unsafe extern "C" {
    fn __errno_location() -> *mut c_int;
    fn access(path: *const c_char, mode: c_int) -> c_int;
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn getenv(name: *const c_char) -> *const c_char;
    fn lseek64(file: c_int, offset: i64, whence: c_int) -> i64;
    fn readlink(path: *const c_char, buffer: *mut c_char, size: usize) -> isize;
}

unsafe fn is_full() -> bool {
    unsafe {
        let path = getenv(c"TASKER_FULL_DISK".as_ptr());
        !path.is_null() && access(path, 0) == 0
    }
}

unsafe fn is_of_a_database(file: c_int) -> bool {
    let link = format!("/proc/self/fd/{file}\0");
    let mut path = [0_u8; 512];
    let length = unsafe { readlink(link.as_ptr().cast(), path.as_mut_ptr().cast(), 511) };
    let path = CStr::from_bytes_until_nul(&path).unwrap_or_default();
    length > 0 && path.to_string_lossy().contains("/base/")
}

unsafe fn write(name: &CStr, file: c_int, bytes: *const c_void, count: usize, at: i64) -> isize {
    unsafe {
        let grows = || at + count as i64 > lseek64(file, 0, SEEK_END);
        if is_full() && is_of_a_database(file) && grows() {
            *__errno_location() = ENOSPC;
            return -1;
        }
        let next: Pwrite = std::mem::transmute(dlsym(NEXT, name.as_ptr()));
        next(file, bytes, count, at)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pwrite(file: c_int, bytes: *const c_void, count: usize, at: i64) -> isize {
    unsafe { write(c"pwrite", file, bytes, count, at) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pwrite64(file: c_int, bytes: *const c_void, count: usize, at: i64) -> isize {
    unsafe { write(c"pwrite64", file, bytes, count, at) }
}
