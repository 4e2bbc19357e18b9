package import OrchestratorCore

/// The public keys that one signer has used, oldest first: when each began and ended, and the word of each for the next.
package struct KeyRing: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package let key: VerifyingKey
        /// Nil for a key that was not made here.
        package let createdAt: Timestamp?
        /// Nil for the key in use.
        package fileprivate(set) var retiredAt: Timestamp?
        /// What the key before it signed to say that this one follows; nil for the first.
        package let endorsement: [UInt8]?
    }

    package private(set) var entries: [Entry]

    /// A ring of one key.
    init(_ key: VerifyingKey, createdAt: Timestamp?) {
        entries = [Entry(key: key, createdAt: createdAt, retiredAt: nil, endorsement: nil)]
    }

    package var current: VerifyingKey { entries[entries.count - 1].key }

    package func entry(_ key: VerifyingKey) -> Entry? { entries.first { $0.key == key } }

    /// Puts a new key after the current one, with that one's word for it. Throws `badKey` where it cannot sign.
    mutating func rotate(from old: SigningKey, to new: VerifyingKey, at time: Timestamp) throws(PipelineError) {
        guard old.publicKey == current, entry(new) == nil,
            let endorsement = old.signature(for: Self.statement(old.publicKey, new, time))
        else { throw PipelineError(.badKey, "the key \(new) cannot follow \(current)") }
        entries[entries.count - 1].retiredAt = time
        entries.append(Entry(key: new, createdAt: time, retiredAt: nil, endorsement: endorsement))
    }

    /// True where each key up to `key`, from `trusted` on, was endorsed by the one before it.
    func leads(from trusted: VerifyingKey, to key: VerifyingKey) -> Bool {
        guard let start = entries.firstIndex(where: { $0.key == trusted }),
            let end = entries.firstIndex(where: { $0.key == key }), start <= end
        else { return false }
        return (start..<end).allSatisfy { isEndorsed(entries[$0 + 1], by: entries[$0].key) }
    }

    private func isEndorsed(_ entry: Entry, by key: VerifyingKey) -> Bool {
        guard let endorsement = entry.endorsement, let createdAt = entry.createdAt else { return false }
        return key.verifies(endorsement, of: Self.statement(key, entry.key, createdAt))
    }

    /// Unlike any manifest, so that neither signature can stand for the other.
    private static func statement(_ old: VerifyingKey, _ new: VerifyingKey, _ time: Timestamp) -> [UInt8] {
        Array("secorch key endorsement 1\n\(KeyText.base64(old.bytes))\n\(KeyText.base64(new.bytes))\n\(time)\n".utf8)
    }
}

// MARK: - Text

extension KeyRing {
    private static let format = "secorch signing keys"
    private static let keyLimit = 1000

    /// JSON, a key a line.
    package var bytes: [UInt8] {
        let lines = entries.map { entry in Self.object(entry).text }.joined(separator: ",\n")
        return Array("{\n\"format\":\"\(Self.format)\",\n\"version\":1,\n\"keys\":[\n\(lines)\n]\n}\n".utf8)
    }

    private static func object(_ entry: Entry) -> JSONValue {
        [
            "id": .string(entry.key.description), "public_key": .string(KeyText.base64(entry.key.bytes)),
            "created_at": entry.createdAt.map { .number(Int($0.seconds)) } ?? .null,
            "retired_at": entry.retiredAt.map { .number(Int($0.seconds)) } ?? .null,
            "endorsement": .optional(entry.endorsement.map(KeyText.base64)),
        ]
    }

    /// Reads a ring; nobody vouches for it. Throws `badKey` with what is wrong.
    init(_ bytes: [UInt8], file: String) throws(PipelineError) {
        let json: JSON
        do { json = try JSONParser.parse(bytes) } catch { throw PipelineError(.badKey, "\(file): \(error)") }
        guard json["format"]?.text == Self.format, json["version"]?.int == 1, let list = json["keys"]?.elements,
            (1...Self.keyLimit).contains(list.count)
        else { throw PipelineError(.badKey, "\(file): expected '\(Self.format)', version 1, with at least one key") }
        entries = []
        for value in list {
            guard let key = value["public_key"]?.text.flatMap(KeyText.bytes).flatMap({ VerifyingKey(bytes: $0) }),
                entry(key) == nil
            else { throw PipelineError(.badKey, "\(file): key \(entries.count + 1) is no Ed25519 key, or there twice") }
            entries.append(
                Entry(
                    key: key, createdAt: Self.time(value["created_at"]), retiredAt: Self.time(value["retired_at"]),
                    endorsement: value["endorsement"]?.text.flatMap(KeyText.bytes)))
        }
    }

    /// A moment that can be: nobody vouches for the number.
    private static func time(_ value: JSON?) -> Timestamp? {
        value?.int.flatMap { BundleManifest.times.contains($0) ? Timestamp(seconds: Int64($0)) : nil }
    }
}
