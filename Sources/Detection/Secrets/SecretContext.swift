import OrchestratorCore

/// Where a secret stands. In tests, samples and documentation it is more often made up than not, which is a reason to be
/// less sure, not to be silent: real ones are left there as well.
enum SecretContext {
    /// Appended to the message of what was found there.
    static let note = "It stands in a test, a sample or documentation, where secrets are more often made up."

    private static let words: Set<String> = [
        "test", "tests", "testing", "testdata", "unittest", "unittests", "spec", "specs", "fixture", "fixtures", "e2e",
        "mock", "mocks", "example", "examples", "sample", "samples", "demo", "demos", "doc", "docs", "documentation",
        "template", "tutorial", "tutorials",
    ]

    /// True for prose, and where a folder, or a part of the file's name, says that it serves no production.
    static func isUnlikely(_ path: RepositoryPath, _ language: Language) -> Bool {
        if ["markdown", "restructuredtext", "tex"].contains(language.rawValue) { return true }
        return path.components.contains { component in
            let name = String(decoding: component, as: UTF8.self)
            return parts(of: name).contains(where: words.contains)
        }
    }

    /// The words of `shop_test.go`, `ShopTests.java`, `.env.example`, `__tests__`, in lower case.
    private static func parts(of name: String) -> [String] {
        var parts: [String] = []
        var part = ""
        for character in name {
            let startsWord = character.isUppercase && part.last?.isLowercase == true
            if startsWord || !(character.isLetter || character.isNumber) {
                parts.append(part.lowercased())
                part = ""
            }
            if character.isLetter || character.isNumber { part.append(character) }
        }
        return parts + [part.lowercased()]
    }
}
