"""The configuration ``trinity init`` writes: four instances, every other setting with its default in a comment."""

from __future__ import annotations

EXAMPLE = """\
# Who works in this folder. Trinity reads this file and never rewrites it; `trinity doctor` says what is missing.
# What stands behind a # is what holds where the key is missing; `checks` is an example.

[workspace]
# name = ""                           # how the folder is called on the screen; its own name where this is empty
# checks = ["ruff check -q .", "pytest -q"]   # the builder runs these once you allowed each of them
# check_seconds = 300                 # after how long a check is stopped
# survey_seconds = 20                 # how often the explorer looks whether files changed
# orphan_ttl_seconds = 600            # how long instances go on without a coordinator; 0: for ever
# output_bytes = 1073741824           # what the outputs of all runs may take, the oldest go first; 0: no limit

# [bus]
# durability = "interval"             # os | interval (on disk within 100 ms) | batch | always
# carrier = "files"                   # files | nats://HOST:4222, a NATS server with JetStream
# stream = ""                         # its stream; trinity- and the workspace's name where this is empty
# credentials = ""                    # a file with user:password or a token for it
# retain_hours = 720                  # how long messages are kept; 0: for ever
# retain_bytes = 2147483648           # above this the oldest go before their time; 0: no limit
# max_lag = 500000                    # messages an instance may be behind before it holds nothing back; 0: no limit
# compress = true                     # older parts of the log as gzip

# [serve]
# host = "127.0.0.1"
# port = 8900                         # on loopback, with the token, when it is free; 0: not at all
# computer = "C1"                     # how other computers call this one

# [swarm]
# propose_from = "high"               # low | normal | high: from which severity a finding becomes a task

[bridge]
shared_files = true                   # .shared_messages.json and its like for any script that can write JSON

# [storm]
# enabled = true                      # whether instances that keep answering one another are paused
# max_hops = 16                       # how many of their messages may cause one another
# per_minute = 60                     # how many an instance may send because of what others sent
# repeats = 4                         # the same text so often to the same one, in one conversation, is too often
# window_seconds = 300                # for how long a text is remembered

# [handoff]
# documents = "auto"                  # auto | always | never: SESSION_LOG.md and SESSION_BRIEFING.md kept up to date

# [memory]
# embeddings = ""                     # such as "nomic-embed-text": a second ranker, once it is measured to help

# [restart]
# first_delay_seconds = 0.5           # after the first run that failed early; doubled with each more
# longest_delay_seconds = 60
# park_failures = 8                   # so many failed runs in a row, and an instance is given up
# window_restarts = 10                # so many ends within ten minutes, and it is given up as well

# [brains]
# ollama = ""                         # its URL; OLLAMA_HOST where this is empty, else http://127.0.0.1:11434
# model = "qwen2.5:7b"                # what auto looks for
# claude_key = ""                     # a file (0600) with the key for Claude; else ANTHROPIC_API_KEY
# parallel = 0                        # how many at a time a model of Ollama answers; 0: OLLAMA_NUM_PARALLEL, or 1
# context_tokens = 8192               # how much such a model takes in; more needs more memory
# think = false                       # whether models that can think before they answer do
# keep_alive = "5m"                   # how long Ollama keeps a model in memory; "-1": for ever
# silence_seconds = 300               # when nothing came for so long, an answer is given up
# prices = {}                         # dollars a million tokens: {"some-model" = {input = 3, output = 15}}

# [limits]
# tokens_per_day = 0                  # of each instance, a day in UTC; 0: no limit
# dollars_per_day = 2.0               # of each instance, for models that cost money; 0: no limit
# requests_per_minute = 60            # of each instance to its model; 0: no limit
# turns_per_task = 16                 # exchanges with a model over one message or task

# [tools]
# deny = []                           # never: "shell rm", "write migrations/**", "role:builder run"
# ask = []                            # only with your word
# allow = []                          # without asking, once you trusted this file: "shell pytest", "write tests/**"
# seconds = 120                       # after this a command is stopped
# memory_mb = 2048                    # a command and all it started
# processes = 128
# file_mb = 512                       # the largest file a command may write
# disk_mb = 8192                      # what a command may write altogether, before it is ended
# disk_files = 500000                 # how many files and folders it may make or change
# network = false                     # whether commands reach the network

# [notify]
# command = []                        # ["notify-send", "Trinity"]: told what waits while no screen is looked at
# webhook = ""                        # an address that is posted the same as JSON; asked for first, as the command
# away_minutes = 5                    # after so long without a key an open screen counts as none
# every_seconds = 300                 # at most one in so long, after the first three; more is told together
# seconds = 20                        # after this the command is stopped, or the webhook given up

# One table for each instance: [instances.<id>]. The first nine have the keys 1 to 9.
# role    explorer | builder | reflector | lead | guide | observer | visitor | stabilizer
#         | mechanic | architect | oracle
# brain   auto | builtin | ollama:<model> | claude:<model> | openai:<base_url>#<model>
#         (auto: a model on this machine, else builtin, which is none and works on the folder by itself)

[instances.explorer-1]
role = "explorer"
persona = "Curious and exact; points at the line."
# brain = "auto"
# enabled = true
# restart = "on-failure"              # always | on-failure | never
# grace_seconds = 10                  # how long it has to end by itself when it is stopped
# nice = 5                            # how much it gives way to other programs: 19 the most
# replicas = 0                        # how many: explorer-1-1, explorer-1-2, …; 0: one, by this very id
# group = ""                          # group:<name> means all of them in commands and in `after`
# after = []                          # started once these are ready: ids, or "group:<name>"
# backup = ""                         # who takes over when it is given up, or down for ten seconds
# start_seconds = 30                  # how long it may take to become ready
# max_memory_mb = 0                   # restarted when it and all it started use more; 0: no limit
# max_age_hours = 0                   # restarted, when it has nothing to do, at this age; 0: never
# final_codes = [78, 125]             # exit codes after which it is not started again by itself
# cwd = ""                            # where it runs; outside of this folder only once you allowed it
# env = {}                            # more of its environment, once you allowed it
# tokens_per_day = 0                  # its own limit; 0: as [limits] says
# dollars_per_day = 0                 # its own limit; 0: as [limits] says
# isolation = "none"                  # none | worktree (a git worktree of its own; `trinity changes ID`)
# spawn = "auto"                      # auto | zygote (forked with its modules loaded) | exec (on its own)

[instances.builder-1]
role = "builder"
persona = "Runs things before it believes them."

[instances.reflector-1]
role = "reflector"
persona = "Looks for what several findings have in common."

[instances.lead-1]
role = "lead"
persona = "Keeps the list short."
"""
