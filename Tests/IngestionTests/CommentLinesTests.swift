import Foundation
import Ingestion
import OrchestratorCore
import SyntaxTree
import TestSupport
import Testing
import Tokens

/// Which lines hold nothing but comments.
@Suite struct CommentLinesTests {
    private func comments(_ text: String, _ language: String) throws -> [ClosedRange<Int>] {
        let grammars = try GrammarLibrary(
            path: ProjectFolder.packs.appending(path: "grammars/languages.so").path(percentEncoded: false))
        let chunker = Chunker(
            budget: try #require(TokenBudget(tokens: 10_000)), counter: ByteClassEstimator(), grammars: grammars)
        let bytes = Array(text.utf8)
        let chunks = bytes.withUnsafeBufferPointer {
            chunker.chunks(of: $0, path: RepositoryPath("a"), language: Language(rawValue: language))
        }
        return chunks.flatMap(\.comments)
    }

    @Test(arguments: [
        ("python", "# one\n# two\nx = 1  # not alone\n\"\"\"Says\nwhat it does.\"\"\"\ny = '#'\n", [1...2, 4...5]),
        ("python", "def f():\n    \"\"\"Docs.\"\"\"\n    return 'text'\n", [2...2]),
        ("python", "f\"{call()}\"\nx = \"\"\"\n# no comment\n\"\"\"\n", []),
        ("java", "/* a\n b */ int x;\n// c\n/** d\n */\nclass A {}\n", [3...5]),
        ("javascript", "// a\n/* b */ f() /* c */\n/* d */\n", [1...1, 3...3]),
        ("go", "package a\n\n// b\nfunc c() {}\n", [3...3]), ("c", "/* a */\nint x; /* b */\n", [1...1]),
        ("rust", "/// docs\nfn a() {}\n// b\n", [1...1, 3...3]), ("ruby", "# a\nputs '# b'\n", [1...1]),
        ("php", "<?php\n# a\n// b\necho 1; // c\n", [2...3]), ("text", "# a\n", []),
    ])
    func onlyWholeLinesCount(language: String, text: String, expected: [ClosedRange<Int>]) throws {
        #expect(try comments(text, language) == expected)
    }

    @Test func eachChunkKnowsItsOwn() throws {
        let text = (0..<200).map { "# comment \($0)\nvalue_\($0) = compute(\($0))\n" }.joined()
        let grammars = try GrammarLibrary(
            path: ProjectFolder.packs.appending(path: "grammars/languages.so").path(percentEncoded: false))
        let chunker = Chunker(
            budget: try #require(TokenBudget(tokens: 300)), counter: ByteClassEstimator(), grammars: grammars)
        let bytes = Array(text.utf8)
        let chunks = bytes.withUnsafeBufferPointer {
            chunker.chunks(of: $0, path: RepositoryPath("a"), language: Language(rawValue: "python"))
        }
        #expect(chunks.count > 3)
        let lines = chunks.flatMap(\.comments).flatMap { Array($0) }
        #expect(lines == (0..<200).map { $0 * 2 + 1 })
        for chunk in chunks { #expect(chunk.comments.allSatisfy { chunk.lines.contains($0.lowerBound) }) }
    }
}
