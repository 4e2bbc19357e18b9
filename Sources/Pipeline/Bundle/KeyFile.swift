import Foundation
package import OrchestratorCore

/// A private key in a file that only its owner can read, and beside it, as `FILE.keys`, the ring of public keys.
package struct KeyFile: Sendable {
    /// Of the private key.
    package let path: String
    package var ringPath: String { path + ".keys" }
    /// A key that a rotation has made and not yet put in place.
    private var nextPath: String { path + ".next" }

    package init(_ path: String) { self.path = path }

    /// Where a state folder keeps its key.
    package init(state: String) { self.init(state + "/keys/signing.pem") }

    /// True where there is a private key.
    package var exists: Bool { access(path, F_OK) == 0 }

    /// True where there is a record of public keys.
    package var hasRing: Bool { access(ringPath, F_OK) == 0 }

    /// Makes a first key. Never replaces one. Throws `badKey`.
    package func generate() throws(PipelineError) -> KeyRing {
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        guard !hasRing else {
            throw PipelineError(
                .badKey, "there is a record of keys, \(ringPath), already; 'audit rotate' makes a new key")
        }
        let key = SigningKey()
        try write(Array(KeyText.pem(key).utf8), to: path, mode: 0o600)
        let ring = KeyRing(key.publicKey, createdAt: Clock.now)
        try write(ring.bytes, to: ringPath, mode: 0o644)
        return ring
    }

    /// Puts a new key in place of the current one, which vouches for it. A crash at any point leaves one of the two in
    /// use, with the record to match. Throws `badKey`.
    package func rotate() throws(PipelineError) -> KeyRing {
        let lock = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(lock) }
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            throw PipelineError(.badKey, "cannot lock \(path): \(String(cString: strerror(errno)))")
        }
        var (key, ring) = try load()
        let next = SigningKey()
        try ring.rotate(from: key, to: next.publicKey, at: Clock.now)
        unlink(nextPath)
        try write(Array(KeyText.pem(next).utf8), to: nextPath, mode: 0o600)
        let unfinished = ringPath + ".unfinished"
        unlink(unfinished)
        try write(ring.bytes, to: unfinished, mode: 0o644)
        try move(unfinished, to: ringPath)
        try move(nextPath, to: path)
        key = next
        return ring
    }

    /// The key with its ring; finishes a rotation that was cut short. Throws `badKey`.
    package func load() throws(PipelineError) -> (key: SigningKey, ring: KeyRing) {
        var key = try privateKey(path)
        guard hasRing else { return (key, KeyRing(key.publicKey, createdAt: nil)) }
        let ring = try self.ring()
        if ring.current != key.publicKey, let next = try? privateKey(nextPath), next.publicKey == ring.current {
            try move(nextPath, to: path)
            key = next
        }
        guard ring.current == key.publicKey else {
            throw PipelineError(
                .badKey,
                "\(path) holds the key \(key.publicKey), but \(ringPath) names \(ring.current) as the one in use")
        }
        return (key, ring)
    }

    /// The record of public keys. Throws `badKey`.
    package func ring() throws(PipelineError) -> KeyRing { try KeyRing(read(ringPath), file: ringPath) }

    private func privateKey(_ path: String) throws(PipelineError) -> SigningKey {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw PipelineError(
                .badKey, "cannot read the key \(path): \(String(cString: strerror(errno))); 'audit keygen' makes one")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw PipelineError(.badKey, "others can read or write the key \(path); expected mode 600 (chmod 600)")
        }
        guard let key = KeyText.signingKey(String(decoding: try read(path), as: UTF8.self)) else {
            throw PipelineError(.badKey, "\(path) is no Ed25519 private key in PEM (PKCS #8)")
        }
        return key
    }

    /// A public key in PEM from a file. Throws `badKey`.
    package static func publicKey(_ path: String) throws(PipelineError) -> VerifyingKey {
        guard let key = KeyText.verifyingKey(String(decoding: try KeyFile(path).read(path), as: UTF8.self)) else {
            throw PipelineError(
                .badKey, "\(path) is no Ed25519 public key in PEM; 'secorch audit keys --pem' prints one")
        }
        return key
    }
}

// MARK: - Files

extension KeyFile {
    private static let sizeLimit = 1 << 20

    private func read(_ path: String) throws(PipelineError) -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: Self.sizeLimit + 1), data.count <= Self.sizeLimit
        else { throw PipelineError(.badKey, "cannot read \(path), or it has more than \(Self.sizeLimit) bytes") }
        return Array(data)
    }

    /// Writes a file that does not exist yet, down to the disk.
    private func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(PipelineError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            let reason = errno == EEXIST ? "it exists already" : String(cString: strerror(errno))
            throw PipelineError(.badKey, "cannot write \(path): \(reason)")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: bytes)
            try handle.synchronize()
        } catch {
            unlink(path)
            throw PipelineError(.badKey, "cannot write \(path): \(error.localizedDescription)")
        }
    }

    private func move(_ from: String, to path: String) throws(PipelineError) {
        guard rename(from, path) == 0 else {
            throw PipelineError(.badKey, "cannot put \(path) in place: \(String(cString: strerror(errno)))")
        }
    }
}
