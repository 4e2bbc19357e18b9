import Foundation
import OrchestratorCore
import TestSupport
import Testing

@Suite struct JSONTests {
    @Test func orderAndNumbersSurvive() throws {
        let text = #"{"z":0.00000022,"a":[1,-2.50,3e5,true,null],"m":{"b":"x\"\\\n","a":"é🙂"}}"#
        #expect(String(decoding: try JSONParser.parse(text).bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "01", "1.", "+1", "nul", "\"\u{1}\"", "\"\\x\"", "{} {}",
        "[1] 2",
        "\"\\u12\"", "'a'", "NaN", "\"abc", "<html></html>", "{a:1}", "--1", "[", "\\", "\"\\",
    ])
    func whatIsNoJSONIsRefused(text: String) {
        #expect(throws: JSONError.self) { try JSONParser.parse(text) }
    }

    @Test func depthIsBounded() {
        let deep = [UInt8](repeating: 0x5B, count: 1_000_000)
        #expect(throws: JSONError.self) { try JSONParser.parse(deep) }
    }

    @Test func halvesOfSurrogatePairsAndInvalidBytes() throws {
        #expect(try JSONParser.parse(#""\ud83d\ude42""#).text == "🙂")
        #expect(try JSONParser.parse(#""\ud83dx\ude42""#).text == "\u{FFFD}x\u{FFFD}")
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
    }

    @Test func whatIsWrittenIsReadBackAndFoundationAgrees() throws {
        var generator = SeededGenerator(seed: 43)
        for _ in 0..<proofCount(quick: 300, full: 10_000) {
            let value = Self.value(&generator, depth: 0)
            let bytes = JSON.array([value]).bytes
            #expect(try JSONParser.parse(bytes) == .array([value]))
            #expect(JSON.array([value]).byteCount == bytes.count)
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(bytes)) }
        }
    }

    @Test func randomBytesNeverTrap() {
        var generator = SeededGenerator(seed: 44)
        let alphabet = Array("{}[]\",:\\u0123456789eE+-.truefalsn \n\u{FF}".utf8)
        for _ in 0..<proofCount(quick: 5000, full: 200_000) {
            _ = try? JSONParser.parse(
                (0..<Int.random(in: 0...30, using: &generator)).map { _ in generator.pick(alphabet) })
        }
    }

    static func value(_ generator: inout SeededGenerator, depth: Int) -> JSON {
        let texts = ["", "a", "line\nbreak", "\u{0}\u{1F}", "日本語🙂", "\"quoted\"", "back\\slash", "\u{2028}"]
        switch Int.random(in: 0..<(depth > 4 ? 4 : 6), using: &generator) {
        case 0: return .null
        case 1: return .bool(generator.chance(50))
        case 2: return .number(generator.pick(["0", "-1", "12.50", "1e-7", "9007199254740993"]))
        case 3: return .string(generator.pick(texts))
        case 4:
            return .array(
                (0..<Int.random(in: 0...3, using: &generator)).map { _ in value(&generator, depth: depth + 1) })
        default:
            return .object(
                (0..<Int.random(in: 0...3, using: &generator)).map { index in
                    JSON.Member("\(index)\(generator.pick(texts))", value(&generator, depth: depth + 1))
                })
        }
    }
}
