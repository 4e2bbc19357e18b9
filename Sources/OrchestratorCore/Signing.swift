import Crypto

/// An Ed25519 key that signs evidence (RFC 8032). The same key and message give the same signature.
package struct SigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// A new key from the system's random numbers.
    package init() { key = Curve25519.Signing.PrivateKey() }

    /// Reads the 32 bytes of a key; nil for any other number.
    package init?(bytes: [UInt8]) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes) else { return nil }
        self.key = key
    }

    /// The 32 bytes of the key: a secret.
    package var bytes: [UInt8] { Array(key.rawRepresentation) }

    package var publicKey: VerifyingKey { VerifyingKey(key.publicKey) }

    /// The 64 bytes of a signature; nil where the library cannot sign.
    package func signature(for message: [UInt8]) -> [UInt8]? {
        (try? key.signature(for: message)).map { Array($0) }
    }
}

/// The public half of a signing key.
package struct VerifyingKey: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes.
    package let bytes: [UInt8]

    fileprivate init(_ key: Curve25519.Signing.PublicKey) { bytes = Array(key.rawRepresentation) }

    /// Reads the 32 bytes of a key; nil for any other number.
    package init?(bytes: [UInt8]) {
        guard (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)) != nil else { return nil }
        self.bytes = bytes
    }

    /// `ed25519:` and the first 16 hexadecimal digits of the key's SHA-256: a name for people, never what decides.
    package var description: String { "ed25519:" + Digest(of: bytes).hex.prefix(16) }

    /// True where the key's owner signed exactly this message.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
        return key.isValidSignature(signature, for: message)
    }
}
