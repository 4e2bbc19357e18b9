package import OrchestratorCore

/// What one file of a project says for all files under its folder, such as that templates are not escaped.
package struct ProjectSetting: Sendable {
    /// What lookups ask for it by: the id of its rule.
    package let name: String
    /// The languages of the files that may say so.
    package let languages: Set<Language>
    /// Texts of which one occurs wherever the pattern can match.
    private let gate: LiteralAutomaton
    private let pattern: Pattern

    init(name: String, languages: Set<Language>, literals: [String], pattern: Pattern) {
        self.name = name
        self.languages = languages
        gate = LiteralAutomaton(literals.map { .init(literal: Array($0.utf8), tag: 0, wholeWord: false) })
        self.pattern = pattern
    }

    /// Whether a file, given as UTF-8, says so.
    package func isMade(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var isWorthTrying = false
        gate.scan(bytes) { _, _ in isWorthTrying = true }
        return isWorthTrying && PatternScratch().matches(pattern, bytes)
    }
}

extension SourceLookup {
    /// Whether a file whose folder holds the path makes the setting.
    func holds(_ setting: ProjectSetting, at path: RepositoryPath) -> Bool {
        paths(named: setting.name, .projectSettings).contains { maker in
            maker.parent.map { path.bytes.starts(with: $0.bytes + [UInt8(ascii: "/")]) } ?? true
        }
    }
}

extension Language {
    /// Asks a lookup for the files that make a setting rather than for those of a name.
    package static let projectSettings = Language(rawValue: "project settings")
}

extension RuleBook {
    /// The settings that rules depend on, by name.
    package var settings: [String: ProjectSetting] {
        var settings: [String: ProjectSetting] = [:]
        for rule in rules {
            if case .lexical(let match) = rule.match, let setting = match.setting { settings[setting.name] = setting }
        }
        return settings
    }
}
