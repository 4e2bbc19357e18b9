import OrchestratorCore
import TestSupport
import Testing

/// Large JSON, walked in pieces.
@Suite struct JSONStreamReaderTests {
    private func reader(_ text: String, pieces size: Int) -> JSONStreamReader {
        var rest = Array(text.utf8)[...]
        return JSONStreamReader {
            let piece = Array(rest.prefix(size))
            rest = rest.dropFirst(size)
            return piece
        }
    }

    /// Every member of an object by its key, read whole.
    private func members(_ text: String, pieces size: Int, limit: Int = 1000) throws -> [String: JSON?] {
        let reader = reader(text, pieces: size)
        var found: [String: JSON?] = [:]
        try reader.object { key in found[key] = .some(try reader.value(limit: limit)) }
        try reader.finish()
        return found
    }

    private static let document =
        #" {"a": [1, {"b": "}]\"", "c": null}], "ü\n": "\u00e4\\", "n" : -1.5e3,"t":true, "o":{}, "e":[ ]} "#

    @Test func theSizeOfThePiecesMakesNoDifference() throws {
        let whole = try JSONParser.parse(Self.document)
        for size in 1...90 {
            let found = try members(Self.document, pieces: size)
            #expect(found.count == whole.members?.count)
            for member in whole.members ?? [] { #expect(found[member.key] == .some(member.value), "\(size)") }
        }
    }

    @Test func aTextThatEndsTooEarlyIsAnErrorWhereverItEnds() throws {
        let text = Self.document.trimmed
        for length in 0..<text.utf8.count {
            let cut = String(decoding: Array(text.utf8.prefix(length)), as: UTF8.self)
            #expect(throws: JSONStreamError.self, "\(length)") { try members(cut, pieces: 7) }
        }
    }

    @Test func whatIsNotTakenIsPassedOver() throws {
        let reader = reader(#"{"skip": {"deep": [[["x"]]]}, "runs": [{"id": 1}, {"id": 2}], "more": "}"}"#, pieces: 3)
        var seen: [Int] = []
        try reader.object { key in
            guard key == "runs" else { return }
            try reader.array { number in
                if number == 1 { seen.append(try reader.value(limit: 100)?["id"]?.int ?? 0) }
            }
        }
        try reader.finish()
        #expect(seen == [2])
    }

    @Test func aValueAboveTheLimitIsPassedOverAndSaidToBe() throws {
        let long = String(repeating: "x", count: 500)
        let found = try members("{\"a\": \"\(long)\", \"b\": 1}", pieces: 64, limit: 100)
        #expect(found["a"] == .some(nil) && found["b"] == .some(.number("1")))
    }

    @Test(arguments: [
        ("{\"a\": 1,\n \"a\": 2}", 2, "a key that is not there yet"), ("{\"a\" 1}", 1, "':'"),
        ("{\"a\": 1\n\n x", 3, "',' or '}'"), ("[1]", 1, "an object"), ("{\"a\": 01}", 1, "the end"),
        ("{\"a\":\n {\"b\":\n  tru}}", 3, "true"), ("{} x", 1, "the end"),
    ])
    func anErrorNamesItsLineAndWhatWasExpected(text: String, line: Int, expected: String) {
        let error = #expect(throws: JSONStreamError.self) { try members(text, pieces: 5) }
        #expect(error?.line == line && error?.expected.contains(expected) == true, "\(String(describing: error))")
    }

    @Test func nullHasNoMembersAndNoElements() throws {
        let reader = reader(#"{"a": null, "b": null}"#, pieces: 4)
        var elements = 0
        try reader.object { key in
            if key == "a" { try reader.array { _ in elements += 1 } } else { try reader.object { _ in elements += 1 } }
        }
        #expect(elements == 0)
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
