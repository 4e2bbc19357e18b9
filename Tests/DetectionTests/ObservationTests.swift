import Detection
import Foundation
import OrchestratorCore
import Settings
import TestSupport
import Testing

@Suite struct ObservationTests {
    static let files = Result {
        let folder = ProjectFolder.rulesets.appending(path: "observations")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
            .sorted()
            .map { name in
                try ObservationLoader(reader: YAMLReader())
                    .load(String(contentsOf: folder.appending(path: name), encoding: .utf8), file: name)
            }
    }

    private func kinds(in code: String, _ language: String) throws -> [String] {
        let observer = Observer(
            book: try ObservationBook(try Self.files.get()), redactor: Redactor(forms: [], rules: []))
        return Array(code.utf8).withUnsafeBufferPointer {
            observer.observations($0, path: RepositoryPath("file"), language: Language(rawValue: language))
        }.map(\.kind)
    }

    @Test func everyRuleFindsItsExamplesAndNothingElse() throws {
        let rules = try Self.files.get().flatMap(\.rules)
        #expect(rules.contains { !$0.examples.isEmpty })
        for rule in rules {
            let broken = try rule.brokenExample
            #expect(broken == nil, "\(rule.kind.id), \(rule.context): \(broken.map { "\($0.mark)" } ?? "")")
        }
    }

    @Test(arguments: [
        ("python", "    first_name: str\n", "name"), ("python", "    date_of_birth = models.DateField()\n", "birth"),
        ("java", "  private String socialSecurityNumber;\n", "identity"),
        ("typescript", "  phoneNumber?: string;\n", "phone"), ("go", "\tStreetAddress string\n", "address"),
        ("sql", "  iban varchar(34) not null\n", "bank"), ("graphql", "  nationality: String\n", "gender"),
        ("php", "$table->text('religion');\n", "special"), ("ruby", "    t.string :zip_code\n", "address"),
        ("csharp", "    public string LastName { get; set; }\n", "name"),
        ("html", "<input name=\"billing-email\" type=\"text\">\n", "email"),
        ("html", "<input id=\"x\" autocomplete=\"bday\">\n", "birth"),
        ("java", "    log.info(\"new \" + person.getSurname());\n", "name"),
    ])
    func personalDataIsKnownByItsNames(language: String, code: String, kind: String) throws {
        #expect(try kinds(in: code, language) == [kind])
    }

    @Test(arguments: [
        ("python", "    hostname: str\n"), ("python", "    email_subject: str\n"),
        ("java", "  private String fileName;\n"),
        ("go", "\tAddress string\n"), ("typescript", "  className: string;\n"), ("sql", "  name varchar(10),\n"),
        ("yaml", "name: first_name\n"), ("html", "<input name=\"query\">\n"), ("python", "# email: str\n"),
    ])
    func ordinaryNamesAreNone(language: String, code: String) throws { #expect(try kinds(in: code, language).isEmpty) }

    /// What is shown of a line never holds what is secret or personal in it.
    @Test func shownLinesAreRedacted() throws {
        let forms = try RedactionForm.load(
            String(contentsOf: ProjectFolder.rulesets.appending(path: "redaction.yaml"), encoding: .utf8),
            file: "redaction.yaml", reader: YAMLReader())
        let observer = Observer(
            book: try ObservationBook(try Self.files.get()), redactor: Redactor(forms: forms, rules: []))
        let code = "    email: str = Field(default=\"jane.doe@example.org\")\n"
        let seen = Array(code.utf8).withUnsafeBufferPointer {
            observer.observations($0, path: RepositoryPath("file"), language: Language(rawValue: "python"))
        }
        #expect(seen.count == 1)
        #expect(seen.first.map { !$0.text.contains("jane.doe") } == true)
    }

    @Test(arguments: [
        ("hints:\n  - {id: x}\n", "f.yaml:2:5: expected the key 'topic'"),
        ("hints: []\nmore: 1\n", "unknown key 'more'"),
        (
            "topic: personal_data\nkinds: [{id: a, title: A, literals: [], names: a}]\n",
            "'literals' needs at least one text"
        ),
        (
            "topic: personal_data\nkinds: [{id: a, title: A, literals: [a], names: 'a('}]\n"
                + "contexts:\n  - {title: T, languages: [python], patterns: [NAME], examples: [{found: a}, {ignored: b}]}\n",
            "'patterns' is not a pattern"
        ),
    ])
    func aMistakeIsNamedWithItsPlace(text: String, problem: String) {
        let error = #expect(throws: DocumentError.self) {
            try ObservationLoader(reader: YAMLReader()).load(text, file: "f.yaml")
        }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }
}
