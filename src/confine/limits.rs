//! Keeps scripts from the limits of other processes, which Landlock does not see: with `prlimit` a script could end whatever
//! runs under its account, such as the server, by a limit that is already reached.

use seccompiler::{BpfProgram, apply_filter, sock_filter};

/// The system calls that are `prlimit64`, for each kind of program that this machine runs: the kernel's name of the
/// architecture, and the call's number there.
#[cfg(target_arch = "x86_64")]
const CALLS: &[(u32, u32)] = &[(0xc000_003e, 302), (0xc000_003e, 0x4000_0000 + 302), (0x4000_0003, 340)];
#[cfg(target_arch = "aarch64")]
const CALLS: &[(u32, u32)] = &[(0xc000_00b7, 261), (0x4000_0028, 369)];
#[cfg(target_arch = "riscv64")]
const CALLS: &[(u32, u32)] = &[(0xc000_00f3, 261)];
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")))]
const CALLS: &[(u32, u32)] = &[];

/// Loads four bytes of what the kernel says about a call into the accumulator (`BPF_LD | BPF_W | BPF_ABS`).
const LOAD: u16 = 0x20;
/// Jumps if the accumulator is that number (`BPF_JMP | BPF_JEQ | BPF_K`).
const IF_EQUAL: u16 = 0x15;
/// Answers (`BPF_RET | BPF_K`).
const ANSWER: u16 = 0x06;

/// Where the kernel puts them (`struct seccomp_data`, on machines that begin a number with its lowest byte).
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const PROCESS: u32 = 16;
const NEW_LIMIT: [u32; 2] = [32, 36];

/// `SECCOMP_RET_ALLOW`.
const ALLOWED: u32 = 0x7fff_0000;
/// `SECCOMP_RET_ERRNO` with `EPERM`.
const REFUSED: u32 = 0x0005_0001;

/// From now on this thread, and what it starts, can set no limit of a process that it names, itself among them: `ulimit` and
/// `setrlimit` name none. It also gives up that programs can raise its rights.
pub fn keep_others() -> Result<(), String> {
    apply_filter(&program()).map_err(|problem| problem.to_string())
}

fn program() -> BpfProgram {
    let step = |code, jt, jf, k| sock_filter { code, jt, jf, k };
    // Refused is what names a process and a new limit.
    let asked = [
        step(LOAD, 0, 0, PROCESS),
        step(IF_EQUAL, 4, 0, 0),
        step(LOAD, 0, 0, NEW_LIMIT[0]),
        step(IF_EQUAL, 0, 3, 0),
        step(LOAD, 0, 0, NEW_LIMIT[1]),
        step(IF_EQUAL, 0, 1, 0),
        step(ANSWER, 0, 0, ALLOWED),
        step(ANSWER, 0, 0, REFUSED),
    ];
    let each = CALLS.iter().flat_map(|&(architecture, number)| {
        let looked = [
            step(LOAD, 0, 0, ARCHITECTURE),
            step(IF_EQUAL, 0, 10, architecture),
            step(LOAD, 0, 0, NUMBER),
            step(IF_EQUAL, 0, 8, number),
        ];
        looked.into_iter().chain(asked.clone())
    });
    each.chain([step(ANSWER, 0, 0, ALLOWED)]).collect()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn succeeds(script: &str) -> bool {
        let output = Command::new("sh").args(["-c", script]).output().unwrap();
        output.status.success()
    }

    #[test]
    fn limits_of_another_process_can_be_read_and_not_set() {
        let asked = std::thread::spawn(|| {
            keep_others().unwrap();
            [
                succeeds("ulimit -n 100 && test $(ulimit -n) = 100"),
                succeeds("prlimit --nofile=100 true"),
                succeeds("prlimit --pid $PPID --nofile"),
                succeeds("sleep 9 & prlimit --pid $! --cpu=1000; ended=$?; kill $!; exit $ended"),
            ]
        });
        assert_eq!(asked.join().unwrap(), [true, true, true, false]);
    }
}
