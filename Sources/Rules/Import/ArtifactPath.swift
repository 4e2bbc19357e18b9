import OrchestratorCore

/// Where in the target a URI of another tool points. It is a claim: what it names may not exist, and is never outside.
package struct ArtifactPath: Sendable {
    /// The target's folder, absolute.
    private let root: [UInt8]

    /// Bytes of a URI, and bases that a base may stand on.
    private static let uriLimit = 4096
    private static let baseLimit = 8

    package init(root: String) { self.root = Array(root.utf8) }

    /// Throws `noPlace` where nothing is named, and `outsideTarget`.
    func path(uri: String?, base: String?, in run: SARIFRun) throws(ImportRefusal) -> RepositoryPath {
        guard let uri, !uri.isEmpty else { throw .noPlace }
        guard uri.utf8.count <= Self.uriLimit else { throw .outsideTarget }
        let bytes = try Self.plain(uri)
        if bytes.first == Self.slash { return try normal(below(bytes)) }
        // A base inside the target places the path; one elsewhere is where the tool found the same tree.
        guard let folder = try baseFolder(base, in: run), let inside = try? below(folder) else {
            return try normal(bytes[...])
        }
        return try normal(inside + [Self.slash] + bytes)
    }

    private static let slash = UInt8(ascii: "/")

    /// The absolute folder that a placeholder stands for; nil where nothing says.
    private func baseFolder(_ name: String?, in run: SARIFRun) throws(ImportRefusal) -> [UInt8]? {
        var tail: [UInt8] = []
        var next = name
        for _ in 0..<Self.baseLimit {
            guard let name = next, let base = run.bases[name] else { return nil }
            let bytes = base.uri.flatMap { $0.utf8.count <= Self.uriLimit ? try? Self.plain($0) : nil } ?? []
            tail = bytes + (bytes.last == Self.slash || tail.isEmpty ? [] : [Self.slash]) + tail
            if bytes.first == Self.slash { return tail }
            next = base.parent
        }
        return nil
    }

    /// A file URI or a relative reference as a path: separators as slashes, escapes resolved.
    private static func plain(_ uri: String) throws(ImportRefusal) -> [UInt8] {
        var text = Array(uri.utf8)
        if let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > 1, isScheme(text[..<colon]) {
            guard String(decoding: text[..<colon], as: UTF8.self).lowercased() == "file" else { throw .outsideTarget }
            text.removeFirst(colon + 1)
            if text.starts(with: "//".utf8) {
                let host = text.dropFirst(2).prefix { $0 != slash }
                guard host.isEmpty || host.elementsEqual("localhost".utf8) else { throw .outsideTarget }
                text.removeFirst(2 + host.count)
            }
        }
        let bytes = decoded(text).map { $0 == UInt8(ascii: "\\") ? slash : $0 }
        guard !bytes.contains(0) else { throw .outsideTarget }
        return bytes
    }

    /// Letters, digits and `+-.`; a single letter is a Windows drive.
    private static func isScheme(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (48...57).contains(byte)
                || "+-.".utf8.contains(byte)
        }
    }

    /// Percent escapes resolved; a text in which one is malformed was never escaped.
    private static func decoded(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(UInt8(ascii: "%")) else { return text }
        var output: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                output.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16),
                digits.first != UInt8(ascii: "+")
            else { return text }
            output.append(value)
            rest = rest.dropFirst(2)
        }
        return output
    }

    /// What of an absolute path lies below the target's folder.
    private func below(_ path: [UInt8]) throws(ImportRefusal) -> ArraySlice<UInt8> {
        if root == [Self.slash] { return path.dropFirst() }
        guard path.starts(with: root) else { throw .outsideTarget }
        let rest = path.dropFirst(root.count)
        guard rest.isEmpty || rest.first == Self.slash else { throw .outsideTarget }
        return rest.dropFirst()
    }

    private func normal(_ path: some Collection<UInt8>) throws(ImportRefusal) -> RepositoryPath {
        var parts: [[UInt8]] = []
        for part in path.split(separator: Self.slash) where !part.elementsEqual(".".utf8) {
            guard part.elementsEqual("..".utf8) else {
                parts.append(Array(part))
                continue
            }
            guard parts.popLast() != nil else { throw .outsideTarget }
        }
        guard !parts.isEmpty else { throw .noPlace }
        return RepositoryPath(bytes: Array(parts.joined(separator: [Self.slash])))
    }
}
