import time
from multiprocessing import Process


def work():
    time.sleep(0.4)
    print("the child is done")


if __name__ == "__main__":
    child = Process(target=work)
    child.start()
    print("the program goes on")
    child.join()
    print("exit code", child.exitcode)
