/// What is known about voices of hosted providers. A local engine uses it to choose a similar voice.
public enum VoiceCatalogue {
    /// The gender of the person behind a voice's name: `en-AU-WilliamNeural`, `alloy`, `Rachel`; nil when unknown.
    public static func gender(of name: String) -> VoiceRequest.Gender? {
        let person = person(of: name)
        if female.contains(person) { return .female }
        if male.contains(person) { return .male }
        return nil
    }

    /// The locale that begins a voice's name, such as `en-AU` in `en-AU-WilliamNeural`; nil without one.
    public static func locale(of name: String) -> String? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, (2...3).contains(parts[0].count), parts[0].allSatisfy(\.isLowercase) else { return nil }
        // zh-CN-liaoning-XiaobeiNeural and zh-Hans-CN-… keep their first two parts.
        guard (2...4).contains(parts[1].count), parts[1].first?.isUppercase == true else { return nil }
        return "\(parts[0])-\(parts[1])"
    }

    /// The person's name in small letters: `william` of `en-AU-WilliamNeural`, `ava` of
    /// `en-US-AvaMultilingualNeural`.
    static func person(of name: String) -> String {
        var person = name.split(separator: "-").last.map { $0.lowercased() } ?? ""
        if let colon = person.firstIndex(of: ":") { person = String(person[..<colon]) }
        for suffix in ["neural", "multilingual", "turbo", "hd", "standard", "wavenet"] where person.hasSuffix(suffix) {
            if person.count > suffix.count { person.removeLast(suffix.count) }
        }
        if person.hasSuffix("multilingual") { person.removeLast("multilingual".count) }
        return person
    }

    private static let female = words(
        """
        female woman
        aria ana jenny michelle jane nancy sara amber ashley cora elizabeth monica emma ava phoebe evelyn lola amanda
        libby maisie sonia abbi bella hollie olivia ada mia natasha annette carly elsie freya joanne kim tina clara
        emily neerja molly leah luna asilia ezinne rosa imani yan kavya ananya aashi aarti
        katja amala seraphina elke gisela klarissa louisa maja tanja ingrid leni denise vivienne eloise brigitte celeste
        coralie jacqueline josephine yvette sylvie ariane charline elvira abril arabella dalia elsa isabella fabiola
        francisca raquel thalita leila ximena nanami mayu shiori xiaoxiao xiaoyi xiaobei xiaochen xiaohan sunhi jimin
        swara colette fenna zofia agnieszka svetlana sofie hillevi christel iselin pernille selma noora emel zariyah
        salma vlasta alina hoaimy premwadee gadis yasmin
        alloy coral nova sage shimmer marin
        rachel domi elli bellas sarah charlotte alice matilda jessica lily laura dorothy gigi grace glinda mimi nicole
        serena freyja
        cherry chelsie jada sunny jennifer katerina sohee
        slt asteria thalia helena andromeda hera stella athena amalthea
        """)

    private static let male = words(
        """
        male man
        guy christopher eric roger steffan davis jason tony brandon jacob andrew brian adam kai dustin lewis samuel
        ryan thomas alfie elliot ethan noah oliver ollie william darren duncan ken neil tim liam connor prabhat mitchell
        luke wayne chilemba abeo james elimu sam aarav arjun
        conrad killian florian bernd christoph kasper klaus ralf jonas jan henri alain claude jerome maurice remy yves
        antoine jean thierry gerard fabrice alvaro jorge arnau dario diego giuseppe benigno antonio donato julio duarte
        macerio keita daichi naoki yunxi yunyang yunjian yunze injoon hyunsu madhur maarten arnaud marek dmitry mattias
        jeppe finn harri ahmet hamed shakir antonin ostap namminh niwat ardi osman
        ash ballad echo fable onyx verse cedar
        antoni josh arnold charlie george will chris daniel bill callum clyde dave drew fin giovanni harry jeremy jessie
        joseph michael patrick paul river
        nofish dylan marcus elias aiden eldric
        rms awb kal kal16 orion arcas perseus angus orpheus helios zeus apollo
        """)

    private static func words(_ text: String) -> Set<String> {
        Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
    }
}

extension VoiceRequest {
    /// The language that is to be heard: the one in the voice's own name, which says more than the project's default,
    /// else `language`.
    public var locale: String { name.flatMap(VoiceCatalogue.locale(of:)) ?? language }

    /// The gender of the voice, when its name tells.
    public var gender: Gender? { name.flatMap(VoiceCatalogue.gender(of:)) }

    /// A number that is always the same for the same voice name, spread evenly: for small differences between voices.
    public var fingerprint: UInt64 {
        // FNV-1a: Swift's own hashes differ from run to run.
        (name ?? "").utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
