import Crypto
import Foundation
import OrchestratorCore
import TestSupport
import Testing
import Tokens

@Suite struct BytePairCounterTests {
    static let counter = Result {
        BytePairCounter(try Vocabulary(path: ProjectFolder.packs.appending(path: "vocabularies/qwen.tiktoken").path))
    }

    private func count(_ bytes: [UInt8]) throws -> Int {
        let counter = try Self.counter.get()
        return bytes.withUnsafeBufferPointer { counter.count($0) }
    }

    @Test func countsEqualTheReferenceTokenizerOnOverAThousandRealFiles() throws {
        let table = try String(
            contentsOf: ProjectFolder.fixtures.appending(path: "tokens/expected.tsv"), encoding: .utf8)
        var compared = 0
        for line in table.split(separator: "\n") {
            let fields = line.split(separator: "\t")
            let file = ProjectFolder.build.appending(path: "checkouts/\(fields[0])")
            guard let data = try? Data(contentsOf: file) else { continue }
            let digest = SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined().prefix(16)
            guard digest == fields[1] else { continue }
            compared += 1
            #expect(try count(Array(data)) == Int(fields[2]), "\(fields[0])")
        }
        #expect(compared >= 1000, "only \(compared) files are those the fixture was made from")
    }

    @Test(arguments: [
        ("", 0), ("a", 1), (" ", 1), ("\r\n", 1), ("don't DON'T we'LL", 7), ("123", 3), ("\t\tx", 2), ("  \n  x", 3),
        ("日本語", 2), ("e\u{301}", 1), ("\u{E9}", 1),
    ])
    func smallTexts(text: String, tokens: Int) throws {
        #expect(try count(Array(text.utf8)) == tokens, "\(text.debugDescription)")
    }

    @Test func longRunsTakeLinearithmicTimeAndAgreeWithTheirParts() throws {
        var generator = SeededGenerator(seed: 7)
        let run = (0..<1_000_000).map { _ in UInt8.random(in: 97...122, using: &generator) }
        let tokens = try count(run)
        #expect((400_000...700_000).contains(tokens))
    }

    @Test func bytesThatAreNotUTF8AreCounted() throws {
        #expect(try count([0xFF, 0xFE, 0x80, 0xC3]) > 0)
        #expect(try count([0xE2, 0x82]) > 0)
    }

    @Test func aPrefixNeverExceedsItsLimitAndIsNeverEmpty() throws {
        let counter = try Self.counter.get()
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            let text = Self.hostileText(&generator)
            let limit = Int.random(in: 16...200, using: &generator)
            text.withUnsafeBufferPointer { bytes in
                let end = counter.prefix(of: bytes, within: limit)
                #expect(end > 0 || bytes.isEmpty)
                #expect(counter.count(UnsafeBufferPointer(rebasing: bytes[..<end])) <= limit)
            }
        }
    }

    static func hostileText(_ generator: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: 1...40, using: &generator)).flatMap { _ -> [UInt8] in
            let size = Int.random(in: 1...60, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: return Array("let value = call(argument, 42) // comment\n".utf8)
            case 1: return (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
            case 2: return [UInt8](repeating: UInt8.random(in: 33...126, using: &generator), count: size)
            case 3: return (0..<size).map { _ in UInt8.random(in: 33...47, using: &generator) }
            case 4: return Array("日本語 🙂 e\u{301} ".utf8)
            default: return (0..<size).map { _ in generator.pick([9, 10, 13, 32]) }
            }
        }
    }
}

@Suite struct ByteClassEstimatorTests {
    @Test func theBoundHoldsOnHostileText() throws {
        let exact = try BytePairCounterTests.counter.get()
        let bound = ByteClassEstimator()
        var generator = SeededGenerator(seed: 3)
        for round in 0..<proofCount(quick: 500, full: 20_000) {
            let text = BytePairCounterTests.hostileText(&generator)
            text.withUnsafeBufferPointer { bytes in
                #expect(
                    bound.count(bytes) >= exact.count(bytes),
                    "round \(round): \(String(decoding: text, as: UTF8.self).debugDescription)")
            }
        }
    }

    @Test func aPrefixStaysWithinItsLimit() {
        let bound = ByteClassEstimator()
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<500 {
            let text = BytePairCounterTests.hostileText(&generator)
            let limit = Int.random(in: 16...120, using: &generator)
            text.withUnsafeBufferPointer { bytes in
                let end = bound.prefix(of: bytes, within: limit)
                #expect(end > 0)
                #expect(bound.count(UnsafeBufferPointer(rebasing: bytes[..<end])) <= limit)
            }
        }
    }
}
