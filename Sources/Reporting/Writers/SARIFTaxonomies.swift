import OrchestratorCore

/// The CWE and the frameworks as SARIF taxonomies, with the entries that results point to.
struct SARIFTaxonomies {
    private struct Entry {
        let component: Int
        let id: String
    }

    private let components: [(name: String, json: JSONValue)]
    /// Weakness -> the entries it belongs to: itself, and the controls it bears on with more than weak strength.
    private let entries: [Int: [Entry]]

    init(_ header: ReportHeader) {
        var components = [(name: "CWE", json: Self.weaknesses(header.weaknesses))]
        var entries: [Int: [Entry]] = [:]
        for weakness in header.weaknesses { entries[weakness.id] = [Entry(component: 0, id: "CWE-\(weakness.id)")] }
        for ruleSet in header.method.ruleSets {
            let controls = ruleSet.controls.filter { control in
                let ids = Set(control.mappings.filter { $0.strength > .weak }.map(\.weakness))
                let related = ids.filter { entries[$0] != nil }
                for id in related { entries[id]?.append(Entry(component: components.count, id: control.id)) }
                return !related.isEmpty
            }
            components.append((ruleSet.id, Self.framework(ruleSet, controls)))
        }
        self.components = components
        self.entries = entries
    }

    private static func weaknesses(_ weaknesses: [Weakness]) -> JSONValue {
        [
            "name": "CWE", "version": "4.19.1", "organization": "MITRE",
            "guid": .string(NamedUUID.make("taxonomy", "cwe")), "informationUri": "https://cwe.mitre.org/",
            "shortDescription": ["text": "The Common Weakness Enumeration"],
            "taxa": .array(
                weaknesses.map { weakness in
                    [
                        "id": .string("CWE-\(weakness.id)"), "name": .string(weakness.name),
                        "helpUri": .string(Weakness.url(weakness.id)),
                        "shortDescription": ["text": .string(weakness.name)],
                        "properties": ["check": .string(weakness.checkType.rawValue)],
                    ]
                }),
        ]
    }

    private static func framework(_ ruleSet: RuleSet, _ controls: [Control]) -> JSONValue {
        [
            "name": .string(ruleSet.id), "fullName": .string(ruleSet.title), "version": .string(ruleSet.version),
            "organization": .string(ruleSet.publisher), "guid": .string(NamedUUID.make("taxonomy", ruleSet.id)),
            "informationUri": .string(ruleSet.url), "shortDescription": ["text": .string(ruleSet.title)],
            "taxa": .array(
                controls.map { control in
                    [
                        "id": .string(control.id), "name": .string(control.title),
                        "shortDescription": ["text": .string(control.title)],
                        "properties": ["check": .string(control.checkType.rawValue)],
                    ]
                }),
        ]
    }

    var json: JSONValue { .array(components.map(\.json)) }

    /// What the driver says it supports.
    var references: JSONValue {
        .array(components.indices.map { reference($0) })
    }

    private func reference(_ component: Int) -> JSONValue {
        ["name": .string(components[component].name), "index": .number(component)]
    }

    /// The entries a weakness's results belong to.
    func taxa(of weakness: Int) -> JSONValue {
        .array(
            (entries[weakness] ?? []).map { entry in
                ["id": .string(entry.id), "toolComponent": reference(entry.component)]
            })
    }

    /// The entries a weakness's rules relate to.
    func relationships(of weakness: Int) -> JSONValue {
        .array(
            (entries[weakness] ?? []).map { entry in
                [
                    "target": ["id": .string(entry.id), "toolComponent": reference(entry.component)],
                    "kinds": .strings([entry.component == 0 ? "superset" : "relevant"]),
                ]
            })
    }
}
