import Glibc

/// Held by the one process that may work on a repository's runs. The kernel lets go of it however the process ends.
package final class RunLock: Sendable {
    private let descriptor: Int32

    /// Throws `busy` where another process holds it.
    init(path: String) throws(StoreError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(.unwritable, "cannot open the lock \(path): \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StoreError(
                .busy, "another run on this repository holds \(path); wait for it, or choose another --state")
        }
    }

    deinit { close(descriptor) }
}
