/// The base of a server's URLs. Only plain forms are read, so that every parser on the way agrees about the host: no
/// user name, no query, no fragment, no escapes.
package struct Endpoint: Hashable, Sendable {
    package let isEncrypted: Bool
    /// Lower-case name or address; IPv6 without brackets.
    package let host: String
    package let port: Int?
    /// Empty, or begins with a slash and does not end with one.
    package let path: String

    /// Nil for anything but `http` or `https`, a host, an optional port and an optional path.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let lower = text.lowercased()
        guard bytes.count <= 2048, let scheme = ["https://", "http://"].first(where: lower.hasPrefix) else {
            return nil
        }
        isEncrypted = scheme == "https://"
        let rest = bytes[scheme.utf8.count...]
        let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        guard let (host, port) = Self.authority(rest[..<slash]), rest[slash...].allSatisfy(Self.isPathByte) else {
            return nil
        }
        self.host = host
        self.port = port
        var path = String(decoding: rest[slash...], as: UTF8.self)
        while path.hasSuffix("/") { path.removeLast() }
        guard !path.split(separator: "/").contains("..") else { return nil }
        self.path = path
    }

    private static func authority(_ bytes: ArraySlice<UInt8>) -> (String, Int?)? {
        var name = bytes
        var portBytes: ArraySlice<UInt8>?
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            name = bytes[(bytes.startIndex + 1)..<end]
            guard name.allSatisfy({ isHexadecimal($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }) else {
                return nil
            }
            let after = bytes[(end + 1)...]
            if let first = after.first {
                guard first == UInt8(ascii: ":") else { return nil }
                portBytes = after.dropFirst()
            }
        } else {
            if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
                name = bytes[..<colon]
                portBytes = bytes[(colon + 1)...]
            }
            guard name.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }) else {
                return nil
            }
        }
        guard !name.isEmpty else { return nil }
        let host = String(decoding: name, as: UTF8.self).lowercased()
        guard let portBytes else { return (host, nil) }
        guard (1...5).contains(portBytes.count), portBytes.allSatisfy({ (48...57).contains($0) }),
            let port = Int(String(decoding: portBytes, as: UTF8.self)), (1...65_535).contains(port)
        else { return nil }
        return (host, port)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte | 0x20)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte | 0x20)
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || Array("/._~-:@".utf8).contains(byte)
    }

    /// Names this machine by an address that cannot lead elsewhere, or by `localhost`, which the transport resolves
    /// itself.
    package var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in (UInt8(part).map { String($0) == part }) ?? false }
    }

    /// The URL of a path below the base; `suffix` begins with a slash and may hold an escaped query.
    package func url(_ suffix: String) -> String {
        let name = host.contains(":") ? "[\(host)]" : host
        return (isEncrypted ? "https://" : "http://") + name + (port.map { ":\($0)" } ?? "") + path + suffix
    }

    /// The text with all but letters, digits, `-`, `.`, `_` and `~` percent-encoded.
    package static func escape(_ text: String) -> String {
        var output = ""
        for byte in text.utf8 {
            if isAlphanumeric(byte) || Array("-._~".utf8).contains(byte) {
                output.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                output += byte < 16 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return output
    }
}

extension Endpoint {
    /// The scheme, host and port of a URL whose path and query may be of any form.
    init?(authorityOf url: String) {
        // Scheme, nothing, host: the first three pieces between slashes.
        let pieces = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard pieces.count >= 3, pieces[1].isEmpty else { return nil }
        let host = pieces[2].prefix { $0 != "?" && $0 != "#" }
        self.init("\(pieces[0])//\(host)")
    }
}
