"""The projects that these tests talk to; a local set of rules is their language model."""

FLOW = """
orchestrator:
  agent_list: [{agent_name: Advisor}]
utility_agents:
  - {agent_class: PlanningAgent, agent_name: Stock, agent_description: "Hedge losses against stock prices."}
  - {agent_class: PlanningAgent, agent_name: Currency, agent_description: "Hedge losses against currency prices."}
super_agents:
  - agent_class: FlowSuperAgent
    agent_name: Advisor
    config:
      goal: Recommend.
      agent_list: [{agent_name: Stock, next_step: [Currency]}, {agent_name: Currency}]
    speech_config: {voice: slt, speed: 4} # so that nobody listens for long
audio_config:
  asr: {model: Azure/AI-Transcription, silence_duration_ms: 600}
  tts: {model: Local/Flite}
"""

BARGE_IN = FLOW + "  vad: {enable_barge_in: true, threshold: 8, window_size: 16, lockout_seconds: 0}\n"

ASKING = """
orchestrator:
  agent_list: [{agent_name: Order}]
utility_agents:
  - agent_class: CustomAgent
    agent_name: Stock Count
    config: {shelf: 7, wait_time: WAIT, contexts: [date, chat_history, env_variable]}
  - agent_class: HumanAgent
    agent_name: Approval
    agent_description: "Ask whether the count is right."
    config: {user_input_method: Custom, feedback_interpreter: false, wait_time: WAIT}
  - {agent_class: PlanningAgent, agent_name: Buyer, agent_description: "Order goods."}
super_agents:
  - agent_class: FlowSuperAgent
    agent_name: Order
    config:
      goal: Order what is missing.
      agent_list:
        - {agent_name: Stock Count, next_step: [Approval]}
        - {agent_name: Approval, next_step: [Buyer]}
        - {agent_name: Buyer}
memory_config:
  memory_modules: [{memory_name: env_variable, memory_class: VariableMemoryModule, config: {variables: {city: "?"}}}]
"""


def write(folder, **projects):
    """Writes project files; gives the folder."""
    for name, text in projects.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder
