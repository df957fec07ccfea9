/** Columns and words of exits/1, the exits of virtual CPUs. The core does not know them. */

/** Columns of exits/1; `reason` is dictionary-encoded. */
export const EXIT_COLUMNS = [
  { name: "t", type: "u64", optional: false, doc: "the exit, ns on the host's clock" },
  {
    name: "vcpu",
    type: "u32",
    optional: false,
    doc: "number of the vCPU within its guest; NO_ID when not recorded",
  },
  { name: "tid", type: "u32", optional: false, doc: "thread of the host that runs the vCPU" },
  { name: "reason", type: "dict", optional: false, doc: "why the guest was left (EXIT_REASONS)" },
  {
    name: "duration_ps",
    type: "u64",
    optional: false,
    doc: "ps until the next entry of the same thread; 18446744073709551615 where no entry was seen",
  },
] as const;
/** `duration_ps` of an exit whose entry was not seen. */
export const NO_DURATION = 2n ** 64n - 1n;

/**
 * Reasons as Linux prints them: Intel's in capitals (VMX_EXIT_REASONS in arch/x86/include/uapi/asm/vmx.h),
 * AMD's in small letters (SVM_EXIT_REASONS in svm.h there), of which the numbers of control and debug registers and
 * of exceptions are left out: a dictionary has at most 127 words. `other` is what is none of these.
 */
export const EXIT_REASONS: readonly string[] = (
  "other EXCEPTION_NMI EXTERNAL_INTERRUPT TRIPLE_FAULT INIT_SIGNAL SIPI_SIGNAL INTERRUPT_WINDOW NMI_WINDOW " +
  "TASK_SWITCH CPUID HLT INVD INVLPG RDPMC RDTSC VMCALL VMCLEAR VMLAUNCH VMPTRLD VMPTRST VMREAD VMRESUME VMWRITE " +
  "VMOFF VMON CR_ACCESS DR_ACCESS IO_INSTRUCTION MSR_READ MSR_WRITE INVALID_STATE MSR_LOAD_FAIL " +
  "MWAIT_INSTRUCTION MONITOR_TRAP_FLAG MONITOR_INSTRUCTION PAUSE_INSTRUCTION MCE_DURING_VMENTRY " +
  "TPR_BELOW_THRESHOLD APIC_ACCESS EOI_INDUCED GDTR_IDTR LDTR_TR EPT_VIOLATION EPT_MISCONFIG INVEPT RDTSCP " +
  "PREEMPTION_TIMER INVVPID WBINVD XSETBV APIC_WRITE RDRAND INVPCID VMFUNC ENCLS RDSEED PML_FULL XSAVES XRSTORS " +
  "UMWAIT TPAUSE BUS_LOCK NOTIFY TDCALL MSR_READ_IMM MSR_WRITE_IMM " +
  "read_cr write_cr read_dr write_dr excp interrupt nmi smi init vintr cr0_sel_write read_idtr read_gdtr read_ldtr " +
  "read_rt write_idtr write_gdtr write_ldtr write_rt rdtsc rdpmc pushf popf cpuid rsm iret swint invd pause hlt " +
  "invlpg invlpga io msr task_switch ferr_freeze shutdown vmrun hypercall vmload vmsave stgi clgi skinit rdtscp " +
  "icebp wbinvd monitor mwait xsetbv npf avic_incomplete_ipi avic_unaccelerated_access vmgexit invalid_guest_state"
).split(" ");
