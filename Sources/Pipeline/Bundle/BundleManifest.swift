package import OrchestratorCore

/// What an evidence bundle holds: the run it is about, who signed it, and size and SHA-256 of every member.
package struct BundleManifest: Sendable, Hashable {
    package struct Member: Sendable, Hashable {
        package let name: String
        package let byteCount: Int
        package let digest: Digest
    }

    package let toolVersion: String
    package let run: String
    /// When the run finished; every member's time of change.
    package let finishedAt: Timestamp
    package let target: String
    package let commit: String?
    /// Over the paths, contents and states of all files of the target.
    package let targetDigest: Digest
    /// Nil for a bundle that nobody signed.
    package let signer: VerifyingKey?
    /// Ascending by name.
    package let members: [Member]

    static let format = "secorch evidence bundle"
    static let version = 1

    /// The names of what stands before the members: the manifest itself, its digest and its signature.
    static let name = "manifest.json"
    static let digestName = "manifest.json.sha256"
    static let signatureName = "manifest.json.sig"

    /// What `sha256sum -c` reads.
    static func digestFile(of manifest: [UInt8]) -> [UInt8] {
        Array("\(Digest(of: manifest).hex)  \(name)\n".utf8)
    }

    /// JSON, a member a line.
    var bytes: [UInt8] {
        let head: [(String, JSONValue)] = [
            ("format", .string(Self.format)), ("version", .number(Self.version)),
            ("tool_version", .string(toolVersion)), ("run", .string(run)),
            ("finished_at", .string(finishedAt.description)), ("time", .number(Int(finishedAt.seconds))),
            ("target", .string(target)), ("commit", .optional(commit)),
            ("target_digest", .string(targetDigest.description)),
            ("signer", signer.map { .string(KeyText.base64($0.bytes)) } ?? .null),
        ]
        let lines =
            head.map { name, value in "\(JSONValue.string(name).text):\(value.text)" }
            + ["\"members\":[\n" + members.map { member in Self.object(member).text }.joined(separator: ",\n") + "\n]"]
        return Array(("{\n" + lines.joined(separator: ",\n") + "\n}\n").utf8)
    }

    private static func object(_ member: Member) -> JSONValue {
        [
            "name": .string(member.name), "bytes": .number(member.byteCount), "sha256": .string(member.digest.hex),
        ]
    }
}

// MARK: - Reading one that nobody vouches for

extension BundleManifest {
    /// Bounds on what is read from a bundle.
    static let memberLimit = 10_000
    /// Seconds from 1970 to the end of the year 9999.
    static let times = 0...253_402_300_799
    static let byteLimit = 64 << 30
    static let memberByteLimit = (8 << 30) - 1

    /// Reads a manifest. Throws `badBundle` with what is wrong.
    init(_ bytes: [UInt8]) throws(PipelineError) {
        let json: JSON
        do { json = try JSONParser.parse(bytes) } catch { throw Self.problem("\(error)") }
        guard json["format"]?.text == Self.format, json["version"]?.int == Self.version else {
            throw Self.problem("expected the format '\(Self.format)', version \(Self.version)")
        }
        guard let tool = json["tool_version"]?.text, let run = json["run"]?.text, let time = json["time"]?.int,
            Self.times.contains(time), let target = json["target"]?.text,
            let digest = json["target_digest"]?.text.flatMap({ Digest($0) }), let list = json["members"]?.elements
        else { throw Self.problem("a key is missing or has a value of the wrong kind") }
        guard json["finished_at"]?.text == Timestamp(seconds: Int64(time)).description else {
            throw Self.problem("'time' and 'finished_at' differ")
        }
        (toolVersion, self.run, finishedAt) = (tool, run, Timestamp(seconds: Int64(time)))
        (self.target, commit, targetDigest) = (target, json["commit"]?.text, digest)
        signer = try Self.signer(json["signer"])
        members = try Self.members(list)
    }

    private static func signer(_ value: JSON?) throws(PipelineError) -> VerifyingKey? {
        guard let value else { return nil }
        guard let key = value.text.flatMap(KeyText.bytes).flatMap({ VerifyingKey(bytes: $0) }) else {
            throw problem("'signer' is no Ed25519 key")
        }
        return key
    }

    private static func members(_ list: [JSON]) throws(PipelineError) -> [Member] {
        guard list.count <= memberLimit else { throw problem("\(list.count) members; at most \(memberLimit)") }
        var members: [Member] = []
        var total = 0
        for entry in list {
            guard let name = entry["name"]?.text, TarHeader.isPlain(name), let count = entry["bytes"]?.int,
                (0...memberByteLimit).contains(count),
                let digest = entry["sha256"]?.text.flatMap({ Digest(Digest.tag + $0) })
            else { throw problem("member \(members.count + 1) has no plain name, size and SHA-256") }
            if let last = members.last, last.name.utf8.lexicographicallyPrecedes(name.utf8) == false {
                throw problem("'\(name)' after '\(last.name)': members must ascend, each once")
            }
            total += count
            guard total <= byteLimit else { throw problem("members of more than \(byteLimit) bytes in all") }
            members.append(Member(name: name, byteCount: count, digest: digest))
        }
        return members
    }

    private static func problem(_ text: String) -> PipelineError { PipelineError(.badBundle, "\(name): \(text)") }
}
