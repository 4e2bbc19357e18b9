import OrchestratorCore

/// What the path of a file says of its purpose. Weaknesses in tests seldom reach anybody, and secrets in samples are more
/// often made up than not: reasons to be less sure, not to be silent.
enum PathContext {
    case production, test, sample

    private static let tests: Set<String> = [
        "test", "tests", "testing", "testdata", "unittest", "unittests", "spec", "specs", "fixture", "fixtures", "e2e",
        "mock", "mocks",
    ]
    private static let samples: Set<String> = [
        "example", "examples", "sample", "samples", "demo", "demos", "doc", "docs", "documentation", "template",
        "tutorial", "tutorials",
    ]

    /// Prose counts as sample.
    init(_ path: RepositoryPath, _ language: Language) {
        let words = Set(path.components.flatMap { Self.words(of: String(decoding: $0, as: UTF8.self)) })
        if !words.isDisjoint(with: Self.tests) {
            self = .test
        } else if !words.isDisjoint(with: Self.samples)
            || ["markdown", "restructuredtext", "tex"].contains(language.rawValue)
        {
            self = .sample
        } else {
            self = .production
        }
    }

    /// Why a finding here counts less, and by how much; nil where it does not.
    func doubt(isSecret: Bool) -> (note: String, divisor: Int)? {
        switch (self, isSecret) {
        case (.production, _), (.sample, false): nil
        case (_, true): ("It stands in a test, a sample or documentation, where secrets are more often made up.", 2)
        case (.test, false): ("It stands in a test, which those who attack seldom reach.", 3)
        }
    }

    /// The words of `shop_test.go`, `ShopTests.java`, `.env.example`, `__tests__`, in lower case.
    private static func words(of name: String) -> [String] {
        var words: [String] = []
        var word = ""
        for character in name {
            let startsWord = character.isUppercase && word.last?.isLowercase == true
            if startsWord || !(character.isLetter || character.isNumber) {
                words.append(word.lowercased())
                word = ""
            }
            if character.isLetter || character.isNumber { word.append(character) }
        }
        return words + [word.lowercased()]
    }
}
