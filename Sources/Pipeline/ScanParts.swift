import Detection
import Ingestion
import OrchestratorCore
import Providers
import Reporting
import Rules
import Settings
import Store

/// What a scan is made of, opened and checked before any file of the target is looked at.
struct ScanParts {
    let root: RootFolder
    let out: OutputFolder
    /// The user's, narrowed by the target's.
    let configuration: ScanConfiguration
    let library: DetectionLibrary
    let frameworks: FrameworkLibrary
    let ruleSets: [RuleSet]
    let templates: ReportTemplates
    let store: RunStore
    /// The user's exceptions, and the target's own, which are only shown.
    let exceptions: ExceptionsFile?
    let offered: ExceptionsFile?
    let baseline: BaselineFile?
    /// The run to compare with, where one was asked for.
    let compareTo: RunRecord?
    /// Nil for a scan without a model.
    let review: ReviewSteps?
    /// Makes the marks of secrets; nil where the history is not searched.
    let historyKey: StateKey?

    /// Throws the errors of the targets: what cannot be opened, read or written, and why.
    init(_ request: ScanRequest, _ installation: Installation) throws {
        guard !request.target.isEmpty else { throw PipelineError(.badTarget, "the path to scan is empty") }
        root = try RootFolder(request.target)
        out = try OutputFolder(request.out, root: root)
        var configuration = request.configuration.narrowed(by: root)
        exceptions = try request.configuration.exceptions.map { [root] in
            try ExceptionsFile(path: $0, outside: root.path)
        }
        baseline = try request.baseline.map { try BaselineFile(path: $0) }
        do { offered = try ExceptionsFile(offeredBy: root) } catch {
            offered = nil
            configuration.notices.append("The target's exceptions were not applied, and cannot be read: \(error)")
        }
        self.configuration = configuration
        library = try DetectionLibrary(installation, disabled: configuration.disabledRules)
        let state = try StateFolder(request.state)
        review = try ReviewSteps(configuration, installation, state)
        historyKey = configuration.searchesHistory ? try Ledger(state: state).stateKey() : nil
        let catalog = try CatalogStore(state: state)
        frameworks = try FrameworkLibrary(installation, catalog)
        ruleSets = try frameworks.ruleSets(configuration.ruleSets)
        // An own rule set can declare controls not applicable: only the user may choose one.
        if request.configuration.ruleSets == nil, let chosen = ruleSets.first(where: frameworks.isOwn) {
            throw PipelineError(
                .unknownRuleSet,
                "the target's secorch.yaml may not choose '\(chosen.id)', which is not an installed one")
        }
        templates = try installation.templates(replacedBy: configuration.templates)
        try catalog.record(templates.parts, as: .templates, digest: templates.digest)
        try catalog.record(library.texts, as: .detectionRules, digest: library.digest)
        store = try RunStore(state: state, workingOn: root.path)
        compareTo = try request.compareTo.map { [store] in try Self.finished($0, store) }
    }

    private static func finished(_ id: String, _ store: RunStore) throws -> RunRecord {
        guard let run = try store.run(id), run.state == .finished else {
            throw PipelineError(
                .unknownRun, "--compare-to: no finished run of this target has an id that begins with '\(id)'")
        }
        return run
    }

    var personalData: ControlMapper.PersonalData {
        configuration.personalData.map { $0 ? .yes : .no } ?? .undeclared
    }

    /// What shapes the result, for the run's record and its identity.
    func settings(_ request: ScanRequest, _ target: Target) throws -> RunSettings {
        let imports = try store.imports().map(PinnedImport.init)
        return RunSettings(
            version: Installation.version, options: request.options,
            ruleSets: ruleSets.map { PinnedRuleSet(id: $0.id, digest: $0.digest) }, detectionRules: library.digest,
            detectionRuleCount: library.book.descriptions.count, templates: templates.digest,
            personalData: personalData.rawValue, since: request.since,
            honoursSuppressions: configuration.honoursSuppressions ?? true,
            models: review?.identity ?? [], decisions: decisions,
            notices: target.notices + configuration.notices + library.notices
                + frameworks.notices(ruleSets) + (review?.notices ?? []),
            configuration: configuration.statements, imports: imports.isEmpty ? nil : imports)
    }

    /// Nil where nothing was decided, so that the settings of such runs stay what they were.
    private var decisions: DecisionSettings? {
        let settings = DecisionSettings(
            exceptions: exceptions?.digest, expired: exceptions?.expired(on: Clock.now.date) ?? [],
            requiresSecondPerson: configuration.requiresSecondPerson,
            baseline: baseline?.digest,
            deadlines: Dictionary(uniqueKeysWithValues: configuration.deadlines.map { ($0.key.rawValue, $0.value) }))
        return settings.isEmpty ? nil : settings
    }

    func pipeline(
        _ run: RunRecord, _ target: Target, jobs: Int, progress: any ProgressListener
    ) -> Pipeline {
        Pipeline(
            walk: RecordFiles(target: target, store: store, run: run.id),
            detect: DetectWeaknesses(
                library: library, target: target, largestFile: Inspector.Policy(configuration).largestFile,
                store: store, run: run.id, jobs: jobs, honoursSuppressions: run.settings.honoursSuppressions,
                progress: progress),
            review: review.flatMap { steps in
                steps.selection.models.isEmpty
                    ? nil
                    : Review(
                        steps: steps, library: library, target: target,
                        largestFile: Inspector.Policy(configuration).largestFile, weaknesses: frameworks.weaknesses,
                        honoursSuppressions: run.settings.honoursSuppressions, store: store, run: run.id,
                        progress: progress)
            },
            imports: run.settings.imports.map { _ in
                MergeImports(
                    library: library, weaknesses: frameworks.weaknesses, root: target.root,
                    largestFile: Inspector.Policy(configuration).largestFile,
                    honoursSuppressions: run.settings.honoursSuppressions, store: store, run: run.id)
            },
            history: historyKey.map { key in
                SearchHistory(
                    library: library, target: target, policy: Inspector.Policy(configuration), key: key, store: store,
                    run: run.id, jobs: jobs, honoursSuppressions: run.settings.honoursSuppressions, progress: progress)
            },
            decide: DecideFindings(
                run: run, exceptions: exceptions, offered: offered,
                requiresSecondPerson: configuration.requiresSecondPerson,
                ranker: SeverityRanker(sources: library.book.outsideSources, purpose: PathPurpose.words), store: store),
            track: TrackFindings(
                run: run, asked: compareTo, rules: library.book.descriptions.map(\.id), baseline: baseline,
                store: store, progress: progress),
            map: MapControls(
                library: library, ruleSets: ruleSets, weaknesses: frameworks.weaknesses, personalData: personalData,
                honoursSuppressions: run.settings.honoursSuppressions, target: target.digest, store: store,
                run: run.id, progress: progress),
            journal: Journal(store, run: run))
    }
}
