import OrchestratorCore
import SyntaxTree

/// Parses files that are to be cut. One parser serves one task at a time.
final class FileParser {
    private let grammars: GrammarLibrary?
    private let parser = SyntaxParser()

    /// Files above this are cut by lines alone; see `Analyzer.parseLimit`.
    private static let largest = 4 * 1024 * 1024

    init(_ grammars: GrammarLibrary?) { self.grammars = grammars }

    /// Nil where lines must do: no grammar, too large, or a parser that gave up.
    func tree(_ bytes: UnsafeBufferPointer<UInt8>, _ language: Language) -> SyntaxTree? {
        guard bytes.count <= Self.largest, let name = language.grammar, let grammars,
            let grammar = try? grammars.grammar(name)
        else { return nil }
        return try? parser.parse(bytes, grammar: grammar)
    }
}
