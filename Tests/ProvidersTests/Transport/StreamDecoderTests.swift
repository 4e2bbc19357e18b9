import Foundation
import Providers
import TestSupport
import Testing

@Suite struct ServerSentEventsTests {
    private func events(_ pieces: [[UInt8]], limit: Int = 1 << 16) throws -> [ServerSentEvents.Event] {
        var decoder = ServerSentEvents(limit: limit)
        var events: [ServerSentEvents.Event] = []
        for piece in pieces { events += try decoder.feed(piece) }
        if let last = try decoder.finish() { events.append(last) }
        return events
    }

    private func texts(_ text: String) throws -> [String] {
        try events([Array(text.utf8)]).map { String(decoding: $0.data, as: UTF8.self) }
    }

    @Test func linesCommentsAndNamesAreReadAsTheFormatHasThem() throws {
        let text =
            "\u{FEFF}: comment\n\nevent: ping\ndata: one\ndata:two\ndata\n\nid: 7\nretry: 5\ndata:  three\n\n:x\n\nevent: y\n\n"
        let found = try events([Array(text.utf8)])
        #expect(found.map { String(decoding: $0.data, as: UTF8.self) } == ["one\ntwo\n", " three"])
        #expect(found.map(\.name) == ["ping", "message"])
    }

    @Test(arguments: ["\n", "\r", "\r\n"]) func everyLineEndWorks(end: String) throws {
        #expect(try texts(["data: a", "data: b", "", "data: c", "", ""].joined(separator: end)) == ["a\nb", "c"])
    }

    @Test func anEventWithoutItsLastEmptyLineIsKept() throws {
        #expect(try texts("data: a\n\ndata: [DONE]") == ["a", "[DONE]"])
        #expect(try texts("data: [DONE]\n") == ["[DONE]"])
    }

    @Test func anySplitOfTheBytesGivesTheSameEvents() throws {
        var generator = SeededGenerator(seed: 51)
        let parts = [
            "data: ", "data:", "event: e", ":", "\n", "\r", "\r\n", "\n\n", "{\"é\":\"🙂\"}", "\u{FEFF}", " ", "x",
            "id: 1", "日本",
        ]
        for _ in 0..<proofCount(quick: 500, full: 20_000) {
            let bytes = (0..<Int.random(in: 0...30, using: &generator)).flatMap { _ in Array(generator.pick(parts).utf8)
            }
            let whole = try events([bytes])
            #expect(try events(Split.random(bytes, &generator)) == whole)
            #expect(try events(bytes.map { [$0] }) == whole)
        }
    }

    @Test func oversizedLinesAndEventsAreRefused() {
        #expect(throws: StreamFormatError.self) { try events([[UInt8](repeating: 97, count: 101)], limit: 100) }
        let line = Array("data: \(String(repeating: "x", count: 60))\n".utf8)
        #expect(throws: StreamFormatError.self) { try events([line, line], limit: 100) }
    }
}

@Suite struct NDJSONTests {
    private func lines(_ pieces: [[UInt8]]) throws -> [[UInt8]] {
        var decoder = NDJSON(limit: 1 << 16)
        var lines: [[UInt8]] = []
        for piece in pieces { lines += try decoder.feed(piece) }
        if let last = decoder.finish() { lines.append(last) }
        return lines
    }

    @Test func anySplitOfTheBytesGivesTheSameLines() throws {
        var generator = SeededGenerator(seed: 52)
        let parts = ["{\"a\":1}", "\n", "\r\n", "\n\n", "é", "🙂", "\u{FEFF}"]
        for _ in 0..<proofCount(quick: 500, full: 20_000) {
            let bytes = (0..<Int.random(in: 0...30, using: &generator)).flatMap { _ in Array(generator.pick(parts).utf8)
            }
            let whole = try lines([bytes])
            #expect(try lines(Split.random(bytes, &generator)) == whole)
            #expect(whole.allSatisfy { !$0.isEmpty })
        }
    }

    @Test func theLastLineNeedsNoEnd() throws {
        #expect(try lines([Array("{}\n\n[1]".utf8)]).map { String(decoding: $0, as: UTF8.self) } == ["{}", "[1]"])
    }

    @Test func oversizedLinesAreRefused() {
        var decoder = NDJSON(limit: 10)
        #expect(throws: StreamFormatError.self) { try decoder.feed([UInt8](repeating: 97, count: 11)) }
    }
}

enum Split {
    static func random(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let length = Int.random(in: 1...min(9, rest.count), using: &generator)
            pieces.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return pieces
    }
}
