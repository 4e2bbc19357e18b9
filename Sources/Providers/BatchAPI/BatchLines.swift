import OrchestratorCore

/// Reads lines of results, in any order, and joins them with what was asked.
struct BatchLines {
    /// What a line says about the item of an id; nil where no item has that id.
    typealias Decode = (_ id: String, _ line: JSON) -> Result<Completion, ProviderError>?

    /// Longer lines are refused: no answer is that long.
    static let lineLimit = 16 << 20

    private let decode: Decode
    private(set) var seen: Set<String> = []

    init(_ decode: @escaping Decode) { self.decode = decode }

    /// Nil for a blank line. Throws where a line cannot be used; those after it can.
    mutating func read(_ line: [UInt8]) throws(BatchLineFault) -> BatchResult? {
        guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { return nil }
        let value: JSON
        do {
            value = try JSONParser.parse(line)
        } catch {
            throw BatchLineFault(error.offset >= line.count ? "the line is cut off" : "not JSON: \(error)")
        }
        guard let id = value["custom_id"]?.text else { throw BatchLineFault("expected the key 'custom_id'") }
        // As untrusted as the rest of the line.
        let shown = "'\(SafeText.line(String(id.prefix(80)), key: nil, request: nil))'"
        guard !seen.contains(id) else { throw BatchLineFault("a second answer for \(shown)") }
        guard let result = decode(id, value) else { throw BatchLineFault("no request has the id \(shown)") }
        seen.insert(id)
        return BatchResult(id: id, result)
    }
}

/// Why a line of results cannot be used.
struct BatchLineFault: Error, Hashable, Sendable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// All that a provider says about the items of one batch.
struct BatchCollection: Sendable {
    /// The faults kept.
    private static let faultLimit = 10

    private(set) var results: [String: BatchResult] = [:]
    private(set) var faults: [String] = []

    /// Reads one download. A line that cannot be used costs its own item only.
    mutating func read(_ body: HTTPBody, _ decode: @escaping BatchLines.Decode) async throws {
        var lines = StreamLines(limit: BatchLines.lineLimit)
        var reader = BatchLines { [results] id, line in results[id] == nil ? decode(id, line) : nil }
        var number = 0
        for try await piece in body {
            for line in try lines.feed(piece) { take(line, &number, &reader) }
        }
        if let line = lines.finish() { take(line, &number, &reader) }
    }

    private mutating func take(_ line: [UInt8], _ number: inout Int, _ reader: inout BatchLines) {
        number += 1
        do throws(BatchLineFault) {
            if let result = try reader.read(line) { results[result.id] = result }
        } catch {
            if faults.count < Self.faultLimit { faults.append("line \(number): \(error)") }
        }
    }

    /// One result for each item; `missing` says what became of those the provider does not mention.
    func results(for items: [BatchItem], missing: (BatchItem) -> ProviderError) -> BatchResults {
        BatchResults(
            items: items.map { results[$0.id] ?? BatchResult(id: $0.id, .failure(missing($0))) }, faults: faults)
    }
}
