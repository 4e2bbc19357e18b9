import Foundation
package import OrchestratorCore

/// Ed25519 keys as text that other programs read: PKCS #8 and SubjectPublicKeyInfo in PEM (RFC 8410).
package enum KeyText {
    /// What stands before the 32 bytes of a key.
    private static let privatePrefix: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]
    private static let publicPrefix: [UInt8] = [
        0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]

    static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// The bytes of canonical base64; nil for anything else, so that no two texts stand for the same bytes.
    static func bytes(_ text: String) -> [UInt8]? {
        guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else { return nil }
        return Array(data)
    }

    static func pem(_ key: SigningKey) -> String { pem("PRIVATE KEY", privatePrefix + key.bytes) }

    package static func pem(_ key: VerifyingKey) -> String { pem("PUBLIC KEY", publicPrefix + key.bytes) }

    private static func pem(_ label: String, _ bytes: [UInt8]) -> String {
        "-----BEGIN \(label)-----\n\(base64(bytes))\n-----END \(label)-----\n"
    }

    /// Reads a private key; nil where the text is none.
    static func signingKey(_ text: String) -> SigningKey? {
        content(text, "PRIVATE KEY", privatePrefix).flatMap { SigningKey(bytes: $0) }
    }

    /// Reads a public key; nil where the text is none.
    static func verifyingKey(_ text: String) -> VerifyingKey? {
        content(text, "PUBLIC KEY", publicPrefix).flatMap { VerifyingKey(bytes: $0) }
    }

    private static func content(_ text: String, _ label: String, _ prefix: [UInt8]) -> [UInt8]? {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        guard lines.first == "-----BEGIN \(label)-----", lines.last == "-----END \(label)-----",
            let bytes = bytes(lines.dropFirst().dropLast().joined()), bytes.starts(with: prefix)
        else { return nil }
        return Array(bytes.dropFirst(prefix.count))
    }
}
