import Foundation
import Ingestion
import OrchestratorCore
import SyntaxTree
import TestSupport
import Testing
import Tokens

@Suite struct ChunkerTests {
    static let grammars = Result {
        try GrammarLibrary(path: ProjectFolder.packs.appending(path: "grammars/languages.so").path)
    }
    static let exact = Result {
        BytePairCounter(try Vocabulary(path: ProjectFolder.packs.appending(path: "vocabularies/qwen.tiktoken").path))
    }

    private func chunks(
        _ bytes: [UInt8], _ language: String, budget: Int, counter: (any TokenCounting)? = nil
    ) throws -> [Chunk] {
        let counter = try counter ?? Self.exact.get()
        let chunker = Chunker(
            budget: try #require(TokenBudget(tokens: budget)), counter: counter, grammars: try Self.grammars.get())
        let result = bytes.withUnsafeBufferPointer {
            chunker.chunks(of: $0, path: RepositoryPath("file"), language: Language(rawValue: language))
        }
        expectSound(result, bytes, budget, counter)
        return result
    }

    /// Each byte exactly once, exact lines, nothing over the budget.
    private func expectSound(_ chunks: [Chunk], _ bytes: [UInt8], _ budget: Int, _ counter: any TokenCounting) {
        var position = 0
        var line = 1
        for chunk in chunks {
            #expect(chunk.bytes.lowerBound == position)
            let text = Array(bytes[chunk.bytes])
            #expect(!text.isEmpty)
            #expect(text.withUnsafeBufferPointer { counter.count($0) } == chunk.tokens)
            #expect(chunk.tokens <= budget)
            #expect(chunk.digest == Digest(of: text))
            #expect(chunk.lines.lowerBound == line)
            line += text.count { $0 == 10 }
            #expect(chunk.lines.upperBound == max(chunk.lines.lowerBound, text.last == 10 ? line - 1 : line))
            position = chunk.bytes.upperBound
        }
        #expect(position == bytes.count)
    }

    @Test func functionsStayWholeAndCommentsStayWithThem() throws {
        let code = """
            import os

            # Opens the store.
            def open_store(path):
                return Store(path)

            class Store:
                def __init__(self, path):
                    self.path = path

                # Reads one entry.
                def read(self, key):
                    with open(os.path.join(self.path, key)) as file:
                        return file.read()

            """
        let chunks = try chunks(Array(code.utf8), "python", budget: 40)
        let texts = chunks.map { String(decoding: Array(code.utf8)[$0.bytes], as: UTF8.self) }
        try #require(chunks.map(\.symbol) == ["", "Store"])
        #expect(texts[0].contains("# Opens the store.\ndef open_store"))
        #expect(texts[0].contains("class Store:\n    def __init__"))
        #expect(texts[1].hasPrefix("    # Reads one entry.\n    def read"))
    }

    @Test func randomTextsInEveryLanguageAreCoveredExactly() throws {
        var generator = SeededGenerator(seed: 21)
        let languages = [
            "python", "java", "javascript", "c", "go", "ruby", "php", "yaml", "markdown", "haskell", "text",
        ]
        for _ in 0..<proofCount(quick: 150, full: 3000) {
            let text = RandomSource.text(&generator)
            let budget = Int.random(in: 16...300, using: &generator)
            _ = try chunks(text, generator.pick(languages), budget: budget)
            _ = try chunks(text, "python", budget: budget, counter: ByteClassEstimator())
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["javascript", "python", "c", "json", "text"])
    func hostileInputNeitherHangsNorCrashes(language: String) throws {
        var generator = SeededGenerator(seed: 1)
        let length = language == "javascript" ? 10_000_000 : 100_000
        _ = try chunks((0..<length).map { _ in UInt8.random(in: 97...122, using: &generator) }, language, budget: 4000)
        let nested = [UInt8](repeating: 0x5B, count: 100_000) + [UInt8](repeating: 0x5D, count: 100_000)
        _ = try chunks(nested, language, budget: 500)
        _ = try chunks([UInt8](repeating: 0x28, count: 100_000), language, budget: 500)
        _ = try chunks((0..<200_000).map { _ in UInt8.random(in: 0...255, using: &generator) }, language, budget: 1000)
        _ = try chunks([0x0D], language, budget: 16)
        _ = try chunks([], language, budget: 16)
        _ = try chunks(Array(String(repeating: "a\rb\r", count: 1000).utf8), language, budget: 64)
    }
}

/// Text that looks like source in places and like nothing at all in others.
enum RandomSource {
    private static let fragments = [
        "def f(x):\n    return x + 1\n", "class A {\n  int f(int x) { return x; }\n}\n",
        "function g() { return [1, 2]; }\n",
        "// comment\n", "# note\n", "/* block\n comment */\n", "if (a) {\n", "}\n", "\"string with \\\" quote\"",
        "key: value\n",
        "- item\n", "\t\t", "\r\n", "\r", "日本語", "🙂", "e\u{301}", "<?php echo $x; ?>\n",
        "func h() error { return nil }\n",
        "'unterminated", "((((", "]]]]", "0xDEADBEEF", "   ", "\n\n\n",
    ]

    static func text(_ generator: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: 0...120, using: &generator)).flatMap { _ -> [UInt8] in
            if generator.chance(8) {
                return (0..<20).map { _ in UInt8.random(in: 0...255, using: &generator) }
            }
            return Array(generator.pick(fragments).utf8)
        }
    }
}
