package dev.fettle.vpp;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.jobs.Jobs;
import dev.fettle.vpp.apple.AppleClient;
import java.time.InstantSource;

/** What the parts of volume purchasing share. */
record VppParts(
    Db db,
    Jobs jobs,
    AuditTrail audit,
    AppleClient apple,
    Secrets secrets,
    InstantSource clock,
    Ids ids,
    VppSettings settings) {}
