import Crypto

/// A secret of one state folder, for values that nobody outside can predict and that are the same on every run.
package struct StateKey: Sendable {
    private let key: SymmetricKey

    /// - Parameter bytes: at least 32 random bytes.
    package init(bytes: [UInt8]) { key = SymmetricKey(data: bytes) }

    /// Twelve hexadecimal digits of an HMAC-SHA256 over a digest.
    package func nonce(for digest: Digest) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: digest.bytes, using: key)
        return code.prefix(6).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
