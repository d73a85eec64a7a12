// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is compiled with the same rules: language mode 6, warnings are errors.
let rules: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// One of our Swift targets. `folder` is below `Sources/`.
func part(_ name: String, _ dependencies: [Target.Dependency] = [], folder: String? = nil) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(folder ?? name)", swiftSettings: rules)
}

/// The tests of one target; all have `TestSupport`.
func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], resources: resources, swiftSettings: rules)
}

/// A C library from the distribution.
func library(_ name: String, pkgConfig: String? = nil, package: String) -> Target {
    .systemLibrary(name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// The tests of one vendor, with its stand-in, the engines behind that, and the checks.
func vendorTests(_ name: String) -> Target {
    tests(
        "\(name)Provider",
        [
            "Vendors", "Doubles", "DoublesRig", "ProviderTransport",
            "ProviderKit",
            "ProviderConformance",
            "Network", "Telemetry", "AudioCore", "PocketSphinxProvider", "FliteProvider", "LocalPlanner",
        ])
}

let package = Package(
    name: "parley",
    products: [.executable(name: "parley", targets: ["parley"])],
    targets: [
        // Libraries of the distribution
        library("CYAML", pkgConfig: "yaml-0.1", package: "libyaml-dev"),
        library("CWebSockets", pkgConfig: "libwebsockets", package: "libwebsockets-dev"),
        library("CCurl", pkgConfig: "libcurl", package: "libcurl4-openssl-dev"),
        library("CPocketSphinx", pkgConfig: "pocketsphinx", package: "libpocketsphinx-dev"),
        library("CFlite", package: "flite1-dev"),
        library("CSpawn", package: "libc6-dev"),
        library("CMalloc", package: "libc6-dev"),
        library("CZlib", pkgConfig: "zlib", package: "zlib1g-dev"),
        library("CCrypto", pkgConfig: "libcrypto", package: "libssl-dev"),
        library("CSQLite", pkgConfig: "sqlite3", package: "libsqlite3-dev"),
        library("CPostgreSQL", pkgConfig: "libpq", package: "libpq-dev"),
        library("CSpeexDSP", pkgConfig: "speexdsp", package: "libspeexdsp-dev"),
        library("CLame", pkgConfig: "lame", package: "libmp3lame-dev"),

        // From the ground up; an arrow points only to what stands above it here
        part("JSONText"),
        part("Memory"),
        part("Persistence"),
        part("AudioCore", ["CSpeexDSP"]),
        part("MP3", ["CLame"]),
        .target(
            name: "SileroKernel", path: "Sources/SileroKernel", exclude: ["weights"],
            cSettings: [.unsafeFlags(["-std=gnu2x", "-O3", "-Wall", "-Wextra", "-Werror"])]),
        .target(
            name: "ModelFiles", dependencies: ["JSONText", "CZlib", "CCrypto"],
            resources: [.embedInCode("engines.lock")], swiftSettings: rules),
        part("Recording", ["AudioCore"]),
        // Every sample passes through it: without the optimiser tests would wait for it.
        .target(
            name: "Vocoder", path: "Sources/Vocoder",
            swiftSettings: rules + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        part("VoiceActivity", ["AudioCore", "SileroKernel"]),
        part("TurnTaking", ["AudioCore"]),
        part("SpeechText"),
        part("SpellOut", ["SpeechText"]),
        part("FlowGraph"),
        part("ProjectModel", ["FlowGraph", "TurnTaking"]),
        part("Privacy", ["ProjectModel"]),
        part("ProviderKit", ["JSONText", "AudioCore"]),
        part("Store", ["Memory", "Persistence", "ProviderKit", "CSQLite", "CCrypto"]),
        part("Postgres", ["ProviderKit", "CPostgreSQL"]),
        part("Tables", ["JSONText", "ProjectModel", "ProviderKit", "Postgres", "CSQLite"]),
        part("Network", ["JSONText", "CWebSockets", "CCurl"]),
        part("ModelFetch", ["ModelFiles", "Network"]),
        part("Telemetry", ["JSONText"]),
        .target(
            name: "ONNXTable", path: "Sources/ONNXTable",
            cSettings: [.unsafeFlags(["-std=gnu2x", "-O2", "-Wall", "-Wextra", "-Werror"])]),
        part("Tools", ["JSONText", "ProjectModel", "ProviderKit", "Tables", "Network", "CCrypto"]),
        part("ONNXRuntime", ["ONNXTable", "ProviderKit"]),
        part("LocalPlanner", ["ProviderKit"], folder: "Providers/LocalPlanner"),
        part("PocketSphinxProvider", ["ProviderKit", "CPocketSphinx"], folder: "Providers/PocketSphinx"),
        part(
            "MoonshineProvider", ["ProviderKit", "VoiceActivity", "ONNXRuntime"], folder: "Providers/Moonshine"),
        part("SmartTurnProvider", ["ProviderKit", "ONNXRuntime"], folder: "Providers/SmartTurn"),
        part(
            "HibariProvider", ["JSONText", "AudioCore", "Vocoder", "ProviderKit", "ONNXRuntime", "ModelFiles"],
            folder: "Providers/Hibari"),
        part("FliteProvider", ["ProviderKit", "AudioCore", "CFlite"], folder: "Providers/Flite"),
        part("ESpeakProvider", ["ProviderKit", "AudioCore", "CSpawn"], folder: "Providers/ESpeak"),
        part("ProviderTransport", ["JSONText", "AudioCore", "ProviderKit", "Network", "Telemetry"]),
        part("Doubles", ["JSONText", "AudioCore", "ProviderKit", "Network", "ProviderTransport"]),
        part(
            "Vendors",
            ["JSONText", "AudioCore", "ProjectModel", "ProviderKit", "Network", "Telemetry", "ProviderTransport"]),
        part(
            "MCP", ["ProjectModel", "ProviderKit", "Network", "Telemetry", "ProviderTransport", "CSpawn"]),
        part("Agents", ["JSONText", "SpeechText", "ProjectModel", "ProviderKit"]),
        part("Projects", ["JSONText", "CYAML", "FlowGraph", "Persistence", "ProjectModel", "Tables", "TurnTaking"]),
        part(
            "Session",
            [
                "JSONText", "AudioCore", "Recording", "VoiceActivity", "TurnTaking", "FlowGraph", "SpeechText",
                "SpellOut", "ProjectModel", "ProviderKit", "Agents", "Memory", "Privacy",
            ]),
        part("Evaluation", ["JSONText", "TurnTaking", "ProjectModel", "ProviderKit", "Projects", "Session"]),
        part("Dialects", ["JSONText", "ProviderKit", "Session", "TurnTaking", "AudioCore"]),
        .target(
            name: "ConsolePage", path: "Sources/ConsolePage", exclude: ["site"],
            cSettings: [.unsafeFlags(["-std=gnu2x"])]),
        part(
            "Server",
            [
                "JSONText", "AudioCore", "Recording", "VoiceActivity", "TurnTaking", "FlowGraph", "ProjectModel",
                "Projects", "ProviderKit",
                "LocalPlanner", "ONNXRuntime", "MoonshineProvider", "SmartTurnProvider",
                "HibariProvider", "ModelFiles",
                "PocketSphinxProvider", "FliteProvider", "ESpeakProvider", "Vendors",
                "Session", "Dialects", "Network", "Telemetry", "ConsolePage", "SpeechText", "SpellOut", "Memory",
                "Persistence", "Store", "Tables", "Tools", "MCP", "MP3",
            ]),
        .executableTarget(
            name: "parley",
            dependencies: [
                "Server", "Session", "Evaluation", "Tables", "Tools", "Projects", "ProjectModel", "FlowGraph",
                "VoiceActivity",
                "TurnTaking",
                "AudioCore",
                "Network", "Telemetry", "Doubles", "JSONText", "ModelFiles", "ModelFetch", "Vendors", "ProviderKit",
                "Persistence", "Store",
                "CMalloc",
            ],
            path: "Sources/parley", swiftSettings: rules),

        .executableTarget(
            name: "bench-vad", dependencies: ["VoiceActivity", "AudioCore"], path: "Sources/Benchmarks/vad",
            swiftSettings: rules),

        .executableTarget(
            name: "bench-graph", dependencies: ["Projects", "FlowGraph", "JSONText"], path: "Sources/Benchmarks/graph",
            swiftSettings: rules),

        .executableTarget(
            name: "bench-http", dependencies: ["Network"], path: "Sources/Benchmarks/http", swiftSettings: rules),

        .executableTarget(
            name: "bench-speech",
            dependencies: [
                "MoonshineProvider", "PocketSphinxProvider", "ONNXRuntime", "ProviderKit", "VoiceActivity", "AudioCore",
            ],
            path: "Sources/Benchmarks/speech", swiftSettings: rules),

        .executableTarget(
            name: "bench-voices",
            dependencies: [
                "HibariProvider", "FliteProvider", "ESpeakProvider", "ONNXRuntime", "ModelFiles", "ProviderKit",
                "AudioCore",
            ],
            path: "Sources/Benchmarks/voices", swiftSettings: rules),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: rules),
        .target(
            name: "ProviderConformance", dependencies: ["ProviderKit", "AudioCore"], path: "Tests/ProviderConformance",
            swiftSettings: rules),
        .target(
            name: "DoublesRig", dependencies: ["Doubles", "ProviderKit", "AudioCore", "Network", "FliteProvider"],
            path: "Tests/DoublesRig", swiftSettings: rules),
        .target(
            name: "MemoryConformance", dependencies: ["Memory", "TestSupport"], path: "Tests/MemoryConformance",
            swiftSettings: rules),
        .target(
            name: "StoreConformance", dependencies: ["Persistence", "TestSupport"], path: "Tests/StoreConformance",
            swiftSettings: rules),
        tests("JSONText", ["JSONText"]),
        .executableTarget(
            name: "memory-child", dependencies: ["Memory", "Store"], path: "Tests/MemoryChild", swiftSettings: rules),
        tests("Memory", ["Memory", "Store", "ProviderKit", "MemoryConformance", "memory-child"]),
        .executableTarget(
            name: "store-child", dependencies: ["Persistence", "Store"], path: "Tests/StoreChild", swiftSettings: rules),
        tests("Store", ["Persistence", "Store", "StoreConformance", "CSQLite", "store-child"]),
        .executableTarget(
            name: "recording-child", dependencies: ["Recording"], path: "Tests/RecordingChild", swiftSettings: rules),
        tests("AudioCore", ["AudioCore"]),
        tests("Vocoder", ["Vocoder"]),
        tests("ModelFiles", ["ModelFiles"]),
        tests("ModelFetch", ["ModelFetch", "ModelFiles", "Network"]),
        tests("VoiceActivity", ["VoiceActivity", "AudioCore", "SileroKernel"]),
        tests("TurnTaking", ["TurnTaking", "AudioCore"]),
        tests("SpeechText", ["SpeechText"]),
        tests("SpellOut", ["SpellOut", "SpeechText"]),
        tests("FlowGraph", ["FlowGraph"]),
        tests("Privacy", ["Privacy", "ProjectModel"]),
        tests(
            "Projects", ["Projects", "Persistence", "ProjectModel", "Store", "FlowGraph", "TurnTaking", "Vendors"],
            resources: [.copy("Corpus"), .copy("Golden")]),
        tests("ProviderKit", ["ProviderKit", "JSONText", "AudioCore", "ProviderConformance"]),
        tests("ONNXRuntime", ["ONNXRuntime", "ProviderKit"]),
        tests("Network", ["Network"]),
        tests(
            "LocalSpeech",
            [
                "PocketSphinxProvider", "MoonshineProvider", "SmartTurnProvider", "HibariProvider", "FliteProvider",
                "ESpeakProvider", "ProviderKit", "AudioCore", "VoiceActivity", "Vocoder", "ONNXRuntime", "ModelFiles",
                "ProviderConformance",
            ]),
        tests("ProviderTransport", ["ProviderTransport", "ProviderKit", "Network", "Telemetry", "AudioCore"]),
        vendorTests("OpenAI"),
        vendorTests("Ollama"),
        vendorTests("Deepgram"),
        vendorTests("ElevenLabs"),
        vendorTests("Azure"),
        vendorTests("Realtime"),
        vendorTests("Qwen"),
        tests(
            "Doubles",
            [
                "Doubles", "DoublesRig", "ProviderTransport", "ProviderKit", "AudioCore", "Network", "Agents",
                "ProjectModel", "Projects",
            ]),
        tests("MCP", ["MCP", "ProviderTransport", "ProviderKit", "ProjectModel", "Network", "Telemetry"]),
        tests("Agents", ["Agents", "LocalPlanner", "ProviderKit", "ProjectModel", "FlowGraph"]),
        tests(
            "Session",
            [
                "Session", "Agents", "ProviderKit", "ProjectModel", "FlowGraph", "TurnTaking", "AudioCore",
                "VoiceActivity", "Telemetry", "Dialects", "FliteProvider", "Memory",
            ]),
        tests(
            "Journal",
            [
                "Session", "Recording", "Agents", "ProviderKit", "ProjectModel", "FlowGraph", "TurnTaking", "AudioCore",
            ]),
        tests(
            "Replay",
            ["parley", "Session", "ProviderKit", "ProjectModel", "FlowGraph", "TurnTaking", "AudioCore"]),
        tests("Evaluation", ["Evaluation", "Projects", "ProjectModel", "Tables", "Tools", "Network", "JSONText"]),
        tests("Dialects", ["Dialects", "JSONText", "ProviderKit", "Session", "TurnTaking", "AudioCore"]),
        tests("Telemetry", ["Telemetry"]),
        tests("Tools", ["Tools", "Tables", "JSONText", "ProjectModel", "ProviderKit", "Network"]),
        tests("Postgres", ["Postgres", "ProviderKit"]),
        tests("Tables", ["Tables", "JSONText", "ProjectModel", "ProviderKit", "CSQLite", "Postgres"]),
        tests("Layers", []),
        tests(
            "Server",
            [
                "Server", "Network", "Projects", "ProjectModel", "ProviderKit", "Session", "VoiceActivity", "AudioCore",
                "Telemetry", "FliteProvider", "Vendors", "JSONText", "Persistence", "Store",
            ]),
        tests("Recording", ["Recording", "AudioCore", "recording-child"]),
        tests("CommandLine", ["parley", "AudioCore", "ModelFetch", "ModelFiles", "Network"]),
    ]
)
