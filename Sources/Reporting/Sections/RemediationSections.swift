import OrchestratorCore

/// The work that open findings ask for: a task per rule, worst first, with its files, its size and the controls it helps.
struct RemediationSections {
    private let sections: ReportSections
    /// Files named for one task, and lines named for one file; beyond that they are counted.
    private static let listedFiles = 200
    private static let listedLines = 20

    init(_ sections: ReportSections) { self.sections = sections }

    func forEach(_ emit: (Block) throws -> Void) throws {
        let tasks = try RuleTally.all(sections.source).filter { $0.open > 0 }.enumerated().map {
            Task(number: $0.offset + 1, tally: $0.element)
        }
        guard !tasks.isEmpty else {
            try emit(.paragraph(["No open findings, so no tasks."]))
            return
        }
        try emit(overview(tasks))
        try emit(.paragraph([.text(Self.legend)]))
        // In the order of the findings, so that one pass over them is enough and memory holds one task.
        var rest = tasks[...]
        var current: Task?
        try sections.source.forEachFinding { finding in
            guard finding.isOpen else { return }
            if current?.tally.key != RuleTally.Key(finding), let next = rest.popFirst() {
                if let current { try emit(block(current)) }
                current = next
            }
            current?.list(finding)
        }
        if let current { try emit(block(current)) }
    }

    private static let legend =
        "Priority follows the severity: 1 critical, 2 high, 3 medium, 4 low and info; a finding below "
        + "\(ReportSections.confirmation) % confidence ranks one lower. Effort is judged by the number of places alone: "
        + "small, up to 3 places in one file; medium, up to 20 places in up to 5 files; large, more."

    // MARK: Tasks

    /// The open findings of one rule as a piece of work.
    private struct Task {
        let number: Int
        let tally: RuleTally
        var listed: [(path: RepositoryPath, lines: [Int], count: Int)] = []

        var effort: String {
            if tally.files <= 1, tally.open <= 3 { return "small" }
            return tally.files <= 5 && tally.open <= 20 ? "medium" : "large"
        }

        var priority: Int {
            let base =
                switch tally.key.severity {
                case .critical: 1
                case .high: 2
                case .medium: 3
                case .low, .info: 4
                }
            return min(4, base + (tally.confidence < ReportSections.confirmation ? 1 : 0))
        }

        mutating func list(_ finding: Finding) {
            let path = finding.location.path
            if listed.last?.path != path {
                guard listed.count < RemediationSections.listedFiles else { return }
                listed.append((path, [], 0))
            }
            listed[listed.count - 1].count += 1
            if listed[listed.count - 1].lines.count < RemediationSections.listedLines {
                listed[listed.count - 1].lines.append(finding.location.startLine)
            }
        }
    }

    private func overview(_ tasks: [Task]) -> Block {
        .table(
            Table(
                "Tasks",
                [
                    .init("Task"), .init("What"), .init("Priority", isNumeric: true), .init("Severity"),
                    .init("Places", isNumeric: true), .init("Files", isNumeric: true), .init("Effort"),
                    .init("Controls it helps", isNumeric: true), .init("Deadline"),
                ],
                rows: tasks.sorted { ($0.priority, $0.number) < ($1.priority, $1.number) }.map { task in
                    let rule = rule(task)
                    return [
                        [.text("T\(task.number)")],
                        [.reference([.text(rule?.title ?? task.tally.key.rule)], id: Self.id(task))],
                        [.text(String(task.priority))], [ReportSections.badge(task.tally.key.severity)],
                        [.text(String(task.tally.open))], [.text(String(task.tally.files))], [.text(task.effort)],
                        [.text(String(helped(task).count))], [.text(deadline(task))],
                    ]
                }))
    }

    private static func id(_ task: Task) -> String { "task-\(task.number)" }

    private func rule(_ task: Task) -> RuleDescription? { sections.header.rules.first { $0.id == task.tally.key.rule } }

    /// Of the place that is due first.
    private func deadline(_ task: Task) -> String {
        guard let due = task.tally.due else { return "none set" }
        return task.tally.overdue == 0 ? due.date : "\(due.date); \(task.tally.overdue) overdue"
    }

    /// Controls that the task's findings keep from being satisfied.
    private func helped(_ task: Task) -> [ControlAssessment] {
        let weakness = task.tally.weakness
        return sections.source.assessments.filter { assessment in
            assessment.evidence.contains { $0.weakness == weakness && $0.openFindings > 0 && $0.strength > .weak }
        }
    }

    // MARK: A task in full

    private func block(_ task: Task) -> Block {
        let rule = rule(task)
        let title: [Inline] = [
            ReportSections.badge(task.tally.key.severity),
            .text(" T\(task.number). \(rule?.title ?? task.tally.key.rule)"),
        ]
        var content: [Block] = [
            .heading(3, title, id: nil),
            .paragraph([
                .text("Priority \(task.priority) · effort \(task.effort) · deadline \(deadline(task)) · "),
                .text("\(task.tally.open) place\(task.tally.open == 1 ? "" : "s") in \(task.tally.files) "),
                .text("file\(task.tally.files == 1 ? "" : "s") · rule "), .code(task.tally.key.rule),
            ]),
        ]
        if let rule {
            content.append(.paragraph([.strong(["What to do."]), " ", .text(rule.remediation)]))
            let controls = controls(task)
            if !controls.isEmpty {
                content.append(.paragraph([.strong(["Controls it helps."]), " ", .text(controls)]))
            }
        }
        content.append(
            .paragraph([
                .strong(["Done when"]), .text(" a scan with rule "), .code(task.tally.key.rule),
                .text(" finds none of these places open."),
            ]))
        return .section(id: Self.id(task), role: "rule", content + [files(task)] + rest(task))
    }

    private func controls(_ task: Task) -> String {
        let helped = helped(task)
        return sections.header.method.ruleSets.compactMap { ruleSet in
            let ids = helped.filter { $0.ruleSet == ruleSet.id }.map(\.control)
            return ids.isEmpty ? nil : "\(ruleSet.shortTitle): \(ids.joined(separator: ", "))"
        }.joined(separator: " · ")
    }

    private func files(_ task: Task) -> Block {
        .table(
            Table(
                "Task T\(task.number) by file",
                [.init("File"), .init("Places", isNumeric: true), .init("Lines", isWide: true)],
                rows: task.listed.map { file in
                    let lines = file.lines.map(String.init).joined(separator: ", ")
                    let more = file.count - file.lines.count
                    return [
                        [.code(file.path.text)], [.text(String(file.count))],
                        [.text(more > 0 ? "\(lines) and \(more) more" : lines)],
                    ]
                }))
    }

    private func rest(_ task: Task) -> [Block] {
        let rest = task.tally.files - task.listed.count
        return rest > 0 ? [.paragraph([.text("\(rest) more files are in findings.csv and report.json.")])] : []
    }
}
