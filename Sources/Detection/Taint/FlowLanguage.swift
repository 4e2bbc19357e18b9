import OrchestratorCore

/// A language whose files data can be followed through: how its trees become programs, and how it differs.
struct FlowLanguage: Sendable {
    let dialect: Dialect
    let lower: @Sendable (ParsedSource) -> Program

    static let all: [Language: FlowLanguage] = [
        .java: FlowLanguage(dialect: .java, lower: JavaLowering.lower),
        .python: FlowLanguage(dialect: .python, lower: PythonLowering.lower),
        .go: FlowLanguage(dialect: .go, lower: GoLowering.lower),
        .php: FlowLanguage(dialect: .php, lower: PHPLowering.lower),
        .javascript: FlowLanguage(dialect: .javascript, lower: JavaScriptLowering.lower),
        .typescript: FlowLanguage(dialect: .javascript, lower: JavaScriptLowering.lower),
        .csharp: FlowLanguage(dialect: .csharp, lower: CSharpLowering.lower),
        .ruby: FlowLanguage(dialect: .ruby, lower: RubyLowering.lower),
        .tsx: FlowLanguage(dialect: .javascript, lower: JavaScriptLowering.lower),
    ]
}

extension Language {
    fileprivate static let java = Language(rawValue: "java")
    fileprivate static let python = Language(rawValue: "python")
    fileprivate static let go = Language(rawValue: "go")
    fileprivate static let php = Language(rawValue: "php")
    fileprivate static let javascript = Language(rawValue: "javascript")
    fileprivate static let typescript = Language(rawValue: "typescript")
    fileprivate static let csharp = Language(rawValue: "csharp")
    fileprivate static let ruby = Language(rawValue: "ruby")
    fileprivate static let tsx = Language(rawValue: "tsx")
}
